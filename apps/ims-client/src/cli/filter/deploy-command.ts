import type { Command } from "commander";
import { DEFAULT_IGGY_URL } from "../../client/connect-options.js";
import { fail as clientFail } from "../../errors/client-errors.js";
import type { CliEnvironment } from "../cli-environment.js";
import { examplesText, withFormat } from "../command-options.js";
import type { IggyFlags } from "../iggy/iggy-settings.js";
import { printAnswer, WAIT_MEANING } from "./command-answer.js";
import { type ControlPackages, withControl } from "./control-packages.js";
import { load, type WasmRuntime } from "./filter-packages.js";
import { readWhole } from "./number-flags.js";
import { openFilter, readInput } from "./open-filter.js";
import { readParameters } from "./parameters.js";
import { withinTime } from "./time-limit.js";

interface DeployFlags extends IggyFlags {
  readonly stream: string;
  readonly topic?: string;
  readonly name?: string;
  readonly param?: readonly string[];
  readonly policy?: string;
  readonly position?: string;
  readonly sign?: string;
  readonly memoryPages?: string;
  readonly batchMillis?: string;
  readonly probationBatches?: string;
  readonly wait?: string;
}

const PARAMETER_MILLIS = 5000;

/** Adds `ims filter deploy`. */
export function addDeployCommand(
  filter: Command,
  environment: CliEnvironment,
  packages: ControlPackages,
): void {
  withFormat(filter.command("deploy"))
    .description("put a filter on a stream, or another version in its place while records go on")
    .argument("<module>", "a .wasm file")
    .requiredOption("--stream <name>", "stream whose topics it filters")
    .option("--topic <name>", "one topic only (default: every one that a filter service reads)")
    .option("--name <name>", "name to roll back, disable and list it by (default: the module's own)")
    .option("--param <name=value...>", "parameters of the filter")
    .option("--policy <how>", "drop, pass or stop: what becomes of a batch that it fails on (default: drop)")
    .option("--position <number>", "place in the chain, lower ones first (default: last)")
    .option("--sign <key.pem>", "sign it with this Ed25519 key, PKCS #8 in PEM form")
    .option("--memory-pages <number>", "memory in pages of 64 KiB at most")
    .option("--batch-millis <number>", "longest time of a batch")
    .option("--probation-batches <number>", "batches in which a failure brings the version before back")
    .option("--wait <seconds>", WAIT_MEANING)
    .option("--url <url>", `address of the broker, also IGGY_URL (default: ${DEFAULT_IGGY_URL})`)
    .addHelpText(
      "after",
      examplesText([
        ["ims filter deploy cheap-calls.wasm --stream deribit-market-data --param strike=85", ""],
        ["ims filter deploy cheap-calls.wasm --stream deribit-market-data --param strike=90", "swaps"],
        ["ims filter deploy spread.wasm --stream orders --topic placed --policy pass", ""],
      ]),
    )
    .action((file: string, flags: DeployFlags) => deploy(environment, packages, file, flags));
}

async function deploy(
  environment: CliEnvironment,
  packages: ControlPackages,
  file: string,
  flags: DeployFlags,
): Promise<void> {
  const runtime = await load("@ims/wasm-runtime", packages.runtime);
  const octets = await readInput(file);
  const parameters = readParameters(flags.param ?? []);
  const { hash, name: ownName } = tryModule(runtime, octets, parameters);
  const name = flags.name ?? ownName;
  const signature =
    flags.sign === undefined
      ? undefined
      : Buffer.from(runtime.signModule(hash, Buffer.from(await readInput(flags.sign)).toString())).toString(
          "hex",
        );
  const position = readWhole("--position", flags.position, 0, 0xffff);
  await withControl(environment, flags, packages, async (run) => {
    const policy = run.package.FAILURE_POLICIES.find((known) => known === (flags.policy ?? "drop"));
    if (!policy)
      throw clientFail("client.invalid-argument", `--policy: "${flags.policy}" is none of drop, pass, stop`);
    const sent = await run.control.deploy({
      octets,
      name,
      stream: flags.stream,
      ...(flags.topic === undefined ? {} : { topic: flags.topic }),
      ...(position === undefined ? {} : { position }),
      ...(signature === undefined ? {} : { signature }),
      parameters,
      policy,
      limits: readLimits(flags),
    });
    const where = flags.topic === undefined ? flags.stream : `${flags.stream}/${flags.topic}`;
    await printAnswer(run, sent, flags.wait, `${name} (${hash.slice(0, 12)}) is deployed on ${where}`);
  });
}

/** Everything that can be wrong with a module before a service sees it. */
function tryModule(
  runtime: WasmRuntime,
  octets: Uint8Array,
  parameters: Readonly<Record<string, string>>,
): { hash: string; name: string } {
  const { instance, description, hash } = openFilter(runtime, octets);
  withinTime(PARAMETER_MILLIS, "setting the parameters", () => instance.setParameters(parameters));
  return { hash, name: description.name };
}

function readLimits({ memoryPages, batchMillis, probationBatches }: DeployFlags) {
  const pages = readWhole("--memory-pages", memoryPages, 1, 65_536);
  const millis = readWhole("--batch-millis", batchMillis, 1, 60_000);
  const batches = readWhole("--probation-batches", probationBatches, 0, 4096);
  return {
    ...(pages === undefined ? {} : { memoryPages: pages }),
    ...(millis === undefined ? {} : { batchMillis: millis }),
    ...(batches === undefined ? {} : { probationBatches: batches }),
  };
}
