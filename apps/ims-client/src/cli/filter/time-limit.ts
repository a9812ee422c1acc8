import { createContext, Script } from "node:vm";
import { fail } from "./filter-errors.js";

const SCRIPT = new Script("run()");

/**
 * Runs code of a module in this thread and stops it when it does not end: an endless loop would leave no room for Ctrl-C.
 * @throws ImsError `filter.too-slow`, and whatever `run` throws
 */
export function withinTime<Result>(millis: number, what: string, run: () => Result): Result {
  let result: Result | undefined;
  const context = createContext({
    run: () => {
      result = run();
    },
  });
  try {
    SCRIPT.runInContext(context, { timeout: millis });
  } catch (error) {
    // An error of another realm, which is no instance of this one's Error.
    if ((error as { code?: unknown } | null)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw fail("filter.too-slow", `${what} did not end within ${millis} ms`, { cause: error });
  }
  return result as Result;
}
