import type { Command } from "commander";
import { DEFAULT_IGGY_URL } from "../../client/connect-options.js";
import { fail as clientFail } from "../../errors/client-errors.js";
import { type CliEnvironment, CommandFailed } from "../cli-environment.js";
import { outputFormat } from "../cli-settings.js";
import { examplesText, withFormat } from "../command-options.js";
import { type IggyRun, withIggy } from "../iggy/iggy-run.js";
import { type IggyFlags, readIggySettings } from "../iggy/iggy-settings.js";
import { readStart } from "../iggy/tail-start.js";
import { byName, readIdentifier, requireStream, requireTopic } from "../iggy/topic-path.js";
import { checkPartition, type SignedPartition } from "./check-partition.js";
import { INSTALLED_SIGNING, loadSigning, type Signing, type TrustedKey } from "./signing-package.js";
import { readKeyList, readPublicKey } from "./trusted-keys.js";
import { VERDICT_CSV_HEADER, verdictLine } from "./verdict-lines.js";
import { fail } from "./verify-errors.js";

interface VerifyFlags extends IggyFlags {
  readonly topic?: string;
  readonly publicKey?: readonly string[];
  readonly keys?: string;
  readonly from?: string;
  readonly backend?: string;
}

/** Topics in which a processor keeps its state. */
const CHECKPOINTS = /-checkpoints$/;

/** Adds `ims verify`. The cryptography is loaded only when the command runs. */
export function addVerifyCommand(
  program: Command,
  environment: CliEnvironment,
  load: () => Promise<Signing> = INSTALLED_SIGNING,
): void {
  withFormat(program.command("verify"))
    .description("check the signatures of a stream, and name the first bad message of each partition")
    .argument("<stream>", "stream that a signing service writes, by name or id:NUMBER")
    .option("--topic <topic>", "one topic (default: all)")
    .option("--partition <number>", "one partition (default: all)")
    .option("--public-key <hex...>", "keys that are believed, with or without the scheme: schnorr:HEX")
    .option("--keys <file>", "file with such a key on each line")
    .option("--from <offset>", "first offset that is checked (default: the first one there is)")
    .option("--backend <name>", "native, wasm or js (default: native)")
    .option("--url <url>", `address of the broker (default: ${DEFAULT_IGGY_URL})`)
    .addHelpText(
      "after",
      `${examplesText([
        ["ims verify signed --keys trusted.txt", "all topics of the stream"],
        ["ims verify signed --topic trades --public-key 02ab… --from 1000", ""],
      ])}\nEnds with 0 when all is as it was signed, 1 when a message is not, 2 for a mistake in the command line.\n`,
    )
    .action(async (stream: string, flags: VerifyFlags) => {
      const signing = await loadSigning(load);
      const keys = await trustedKeys(signing, flags);
      const settings = readIggySettings(flags, environment.env);
      await withIggy(environment, settings, (run) => verify(run, signing, keys, stream, flags));
    });
}

/** `ims verify STREAM`. */
async function verify(
  run: IggyRun,
  signing: Signing,
  keys: readonly TrustedKey[],
  stream: string,
  flags: VerifyFlags,
): Promise<void> {
  const { client, environment, settings } = run;
  const format = outputFormat(environment, settings);
  const from = firstOffset(flags.from);
  const partitions = await chosenPartitions(run, stream, flags.topic);
  if (partitions.length === 0) throw fail("verify.nothing", `the stream ${stream} has no such message`);
  const backend = signing.requireBackendName(flags.backend ?? "native");
  const engine = new signing.SigningEngine({ backends: [backend] });
  let badCount = 0;
  try {
    if (format === "csv" && !(await environment.output.write(VERDICT_CSV_HEADER))) return;
    for (const partition of partitions) {
      const verifier = new signing.StreamVerifier(engine, keys);
      const verdict = await checkPartition(client, partition, from, verifier);
      if (verdict.fault) badCount++;
      if (!(await environment.output.write(verdictLine(verdict, format)))) return;
    }
  } finally {
    engine.close();
  }
  if (badCount > 0) throw new CommandFailed();
}

async function chosenPartitions(
  { client, settings }: IggyRun,
  streamText: string,
  topicText: string | undefined,
): Promise<SignedPartition[]> {
  const stream = await requireStream(client, readIdentifier(streamText, "stream"));
  const names =
    topicText === undefined
      ? byName(stream.topics)
          .map(({ name }) => name)
          .filter((name) => !CHECKPOINTS.test(name))
      : [(await requireTopic(client, { stream: stream.id, topic: readIdentifier(topicText, "topic") })).name];
  const chosen: SignedPartition[] = [];
  for (const topic of names) {
    const details = await requireTopic(client, { stream: stream.id, topic });
    for (const { id: partitionId, messageCount, currentOffset: lastOffset } of details.partitions) {
      const isAskedFor = settings.partition === undefined || settings.partition === partitionId;
      if (isAskedFor && messageCount > 0)
        chosen.push({ stream: stream.name, topic, partitionId, lastOffset });
    }
  }
  return chosen;
}

async function trustedKeys(signing: Signing, { keys, publicKey = [] }: VerifyFlags): Promise<TrustedKey[]> {
  const given = publicKey.map((text) => readPublicKey(signing, text));
  const listed = keys === undefined ? [] : await readKeyList(signing, keys);
  if (given.length + listed.length === 0) throw fail("verify.bad-key", "no public key is given");
  return [...given, ...listed];
}

/** @throws ImsError `client.invalid-argument` */
function firstOffset(text: string | undefined): number {
  const start = readStart(text ?? "0");
  if (start.kind === "offset") return Number(start.value);
  if (start.kind === "first") return 0;
  throw clientFail("client.invalid-argument", `--from: "${text}" is no offset`);
}
