import { factText } from "../iggy/listing.js";
import { fail } from "./control-errors.js";
import type { ControlRun, FilterEvent } from "./control-packages.js";
import { readSeconds } from "./number-flags.js";

type SentCommand = Awaited<ReturnType<ControlRun["control"]["send"]>>;

const WAIT_SECONDS = 10;
const WAIT_SECONDS_MAX = 3600;
export const WAIT_MEANING = `seconds to wait for a service's answer, 0 for none (default: ${WAIT_SECONDS})`;

/**
 * Waits for a service to answer, and prints what it says.
 * @throws ImsError (rejected) `filter.not-taken`, `filter.unanswered`
 */
export async function printAnswer(
  { environment, settings }: ControlRun,
  sent: SentCommand,
  flag: string | undefined,
  done: string,
): Promise<void> {
  const seconds = readSeconds("--wait", flag, WAIT_SECONDS, WAIT_SECONDS_MAX);
  const { command } = sent;
  // Everything but `ims filter set` is stored under the name that it has here.
  const asked = command.kind === "parameters" ? "set" : command.kind;
  const event = seconds === 0 ? undefined : await sent.answer(seconds * 1000, environment.interrupted);
  if (environment.interrupted.aborted) return;
  if (seconds > 0 && !event) {
    throw fail("filter.unanswered", `no service answered to ${asked} ${command.name} within ${seconds} s`);
  }
  if (event?.kind === "refused") {
    throw fail("filter.not-taken", `${asked} ${command.name}: ${event.reason ?? "no reason is given"}`);
  }
  const sentence = event ? `${done}, says ${event.service}` : `${asked} ${command.name} is stored`;
  const facts: FilterEvent | typeof command = event ?? command;
  await environment.output.write(factText(environment, settings, sentence, facts));
}
