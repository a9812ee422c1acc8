import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type Clock, describeError, type Logger, sleep } from "@ims/common";
import { FILTER_NAME, type FilterClient, FilterControl, hashModule } from "@ims/filter-control";

export interface FileWatchOptions {
  readonly client: FilterClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly file: string;
  /** Where the module is deployed. */
  readonly stream: string;
  readonly topic: string;
  /** Pause between two looks at the file. */
  readonly pollMillis: number;
}

/**
 * Deploys a file whenever its octets have changed, under its own name, with the parameters that the filter has. For
 * development: what a compiler leaves half written is looked at again once it stands still between two looks. Resolves
 * when the signal aborts.
 */
export async function watchFile(options: FileWatchOptions): Promise<void> {
  const { client, clock, file, logger, pollMillis, signal, stream, topic } = options;
  const control = await FilterControl.open(client, { clock });
  const name = filterNameOf(file);
  let seen = "";
  let deployed = "";
  while (!signal.aborted) {
    try {
      const octets = new Uint8Array(await readFile(file));
      const hash = octets.length > 0 ? hashModule(octets) : "";
      if (hash !== "" && hash === seen && hash !== deployed) {
        deployed = hash;
        const filter = (await control.state()).filters.get(name);
        const active = filter?.versions.find(({ number }) => number === filter.active);
        if (active?.module !== hash) {
          const parameters = active?.parameters ?? {};
          const policy = active?.policy ?? "drop";
          await control.deploy({ name, stream, topic, octets, parameters, policy });
          logger.info({ file, filter: name, module: hash }, "a changed file was deployed");
        }
      }
      seen = hash;
    } catch (error) {
      if (!signal.aborted)
        logger.warn({ file, error: describeError(error) }, "a watched file was not deployed");
    }
    await sleep(clock, pollMillis, signal).catch(() => {});
  }
}

/** The name that a file's filter gets: `strike above.v2.wasm` becomes `strike-above-v2`. */
export function filterNameOf(file: string): string {
  const name = basename(file)
    .replace(/\.wasm$/i, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 64);
  return FILTER_NAME.test(name) ? name : "filter";
}
