import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { fail as clientFail } from "../../errors/client-errors.js";
import { type CliEnvironment, CommandFailed } from "../cli-environment.js";
import { type CliFlags, formatFlag, outputFormat, readCliSettings } from "../cli-settings.js";
import { examplesText, withFormat } from "../command-options.js";
import { errorText } from "../output/error-text.js";
import { fail } from "./filter-errors.js";
import { type Outcome, outcomeJson, runBatch } from "./filter-outcomes.js";
import { type FilterPackages, load } from "./filter-packages.js";
import { openFilter, readInput } from "./open-filter.js";
import { outcomePrinter } from "./outcome-printer.js";
import { readParameters } from "./parameters.js";
import { readRecords } from "./record-input.js";
import { withinTime } from "./time-limit.js";

interface TestFlags extends CliFlags {
  readonly input?: string;
  readonly param?: readonly string[];
  readonly batch?: string;
  readonly batchMillis?: string;
  readonly expect?: string;
  readonly update?: true;
}

const BATCH_DEFAULT = 100;
const BATCH_MAX = 65_536;
const MILLIS_DEFAULT = 5000;
const MILLIS_MAX = 3_600_000;

/** Adds `ims filter test`. */
export function addTestCommand(filter: Command, environment: CliEnvironment, packages: FilterPackages): void {
  withFormat(filter.command("test"))
    .description("run a filter on recorded records in this process, and print what becomes of each")
    .argument("<module>", "a .wasm file")
    .option(
      "--input <file>",
      "records: .jsonl of ims tail --decode hex --json, else frames (default: sample options)",
    )
    .option("--param <name=value...>", "parameters of the filter")
    .option("--batch <number>", `records of a batch (default: ${BATCH_DEFAULT})`)
    .option("--batch-millis <number>", `longest time of a batch (default: ${MILLIS_DEFAULT})`)
    .option("--expect <file>", "JSON lines that have to come out; anything else is a failure")
    .option("--update", "write that file instead")
    .addHelpText(
      "after",
      examplesText([
        ["ims filter test build/cheap-calls.wasm --param strike=85", "on the sample"],
        ["ims tail deribit-market-data/option-tickers --count 1000 --decode hex --json > options.jsonl", ""],
        [
          "ims filter test cheap-calls.wasm --input options.jsonl --json | jq -r .outcome | sort | uniq -c",
          "",
        ],
      ]),
    )
    .action((module: string, flags: TestFlags) => test(environment, packages, module, flags));
}

async function test(
  environment: CliEnvironment,
  packages: FilterPackages,
  module: string,
  flags: TestFlags,
): Promise<void> {
  const { output, errors, env } = environment;
  const format = outputFormat(environment, readCliSettings({ format: formatFlag(flags) ?? undefined }, env));
  const batchRecords = readNumber("--batch", flags.batch, BATCH_DEFAULT, BATCH_MAX);
  const millis = readNumber("--batch-millis", flags.batchMillis, MILLIS_DEFAULT, MILLIS_MAX);
  const parameters = readParameters(flags.param ?? []);
  const runtime = await load("@ims/wasm-runtime", packages.runtime);
  const { instance } = openFilter(
    runtime,
    await readInput(module),
    (level, text) => void errors.write(`${level}: ${text}\n`),
  );
  withinTime(millis, "setting the parameters", () => instance.setParameters(parameters));
  const input = flags.input ?? (await load("@ims/filter-sdk", packages.sdk)).SAMPLE_RECORDS;
  const records = await readRecords(input, await readInput(input));
  const printer = outcomePrinter(format);
  const outcomes: Outcome[] = [];
  if (printer.header !== "") await output.write(printer.header);
  for (let first = 0; first < records.length; first += batchRecords) {
    const batch = records.slice(first, first + batchRecords);
    const what = `the batch from record ${first} on`;
    const made = withinTime(millis, what, () => runBatch(instance, batch, first));
    outcomes.push(...made);
    for (const outcome of made) if (!(await output.write(printer.print(outcome)))) return;
  }
  await errors.write(`ims: ${summary(records.length, outcomes, instance.logLinesLeftOut)}\n`);
  if (flags.expect !== undefined) await compare(environment, outcomes, flags.expect, flags.update === true);
}

/** @throws CommandFailed (rejected) having told the first difference */
async function compare(
  { errors }: CliEnvironment,
  outcomes: readonly Outcome[],
  file: string,
  isUpdate: boolean,
): Promise<void> {
  const made = outcomes.map(outcomeJson);
  if (isUpdate) {
    await writeFile(file, made.join(""));
    return;
  }
  const expected = Buffer.from(await readInput(file))
    .toString("utf8")
    .split(/(?<=\n)/);
  for (let index = 0; index < Math.max(made.length, expected.length); index++) {
    const [is, wanted] = [made[index]?.trim() ?? "nothing", expected[index]?.trim() ?? "nothing"];
    if (is === wanted) continue;
    const detail = `line ${index + 1} is ${is}, ${file} has ${wanted}`;
    await errors.write(errorText(fail("filter.unexpected", detail)));
    throw new CommandFailed();
  }
}

function summary(count: number, outcomes: readonly Outcome[], logLinesLeftOut: number): string {
  const of = (wanted: Outcome["outcome"]) => outcomes.filter(({ outcome }) => outcome === wanted).length;
  const log = logLinesLeftOut > 0 ? `; ${logLinesLeftOut} lines of log were too many` : "";
  return `${count} records: ${of("passed")} passed, ${of("dropped")} dropped, ${of("rewritten")} rewritten, ${of("emitted")} emitted${log}`;
}

function readNumber(flag: string, text: string | undefined, usual: number, most: number): number {
  const number = text === undefined ? usual : Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw clientFail("client.invalid-argument", `${flag}: "${text}" is no number from 1 to ${most}`);
}
