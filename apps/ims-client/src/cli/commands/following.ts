import type { CliEnvironment } from "../cli-environment.js";
import type { CliSettings } from "../cli-settings.js";
import { SilenceNotice } from "./silence-notice.js";

/**
 * Runs `work` with a signal that ends it after `--seconds` or with an interrupt, and says on the error output when
 * nothing is heard for a while.
 * @param what for the sentence: `trades of BTCUSDT`
 */
export async function following(
  { clock, interrupted, errors }: CliEnvironment,
  settings: Pick<CliSettings, "seconds">,
  what: string,
  work: (signal: AbortSignal, heard: () => void) => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  interrupted.addEventListener("abort", end, { once: true });
  const timer = settings.seconds === undefined ? undefined : clock.setTimer(settings.seconds * 1000, end);
  const silence = new SilenceNotice(clock, (silentMillis) => {
    const where = "if the market should be moving, look at ims status";
    void errors.write(`ims: no ${what} for ${silentMillis / 1000} s; ${where}\n`);
  });
  try {
    await work(ended.signal, () => silence.heard());
  } finally {
    timer?.cancel();
    silence.stop();
    interrupted.removeEventListener("abort", end);
  }
}
