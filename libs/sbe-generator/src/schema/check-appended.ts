import type { Diagnostics, Place } from "../diagnostics/diagnostics.js";
import type { BlockContent } from "./schema-model.js";

interface Aged {
  readonly sinceVersion: number;
  readonly place: Place;
}

/**
 * Warns about what a version adds in front of older elements: it moves them, and readers of the older version read
 * them wrongly. A field that names its offset is not moved by others, so a newer one may lie in the padding before it.
 */
export function checkAppended({ fields, groups, data }: BlockContent, diagnostics: Diagnostics): void {
  const floating = fields.filter(({ placed, presence }) => !placed && presence !== "constant");
  warnUnappended(
    fields.filter((field) => field.presence !== "constant"),
    new Set<Aged>(floating),
    diagnostics,
  );
  warnUnappended(groups, new Set<Aged>(groups), diagnostics);
  warnUnappended(data, new Set<Aged>(data), diagnostics);
  const eldestData = Math.min(...data.map(({ sinceVersion }) => sinceVersion));
  for (const { sinceVersion, place } of groups) {
    if (sinceVersion <= eldestData || data.length === 0) continue;
    diagnostics.warn(
      place,
      `the group of version ${sinceVersion} stands before data of version ${eldestData}`,
      "Readers of the older version take its dimension for a length; start a new message instead",
    );
  }
}

function warnUnappended(items: readonly Aged[], movable: ReadonlySet<Aged>, diagnostics: Diagnostics): void {
  let newest = 0;
  for (const item of items) {
    if (item.sinceVersion < newest && movable.has(item)) {
      diagnostics.warn(
        item.place,
        `an element of version ${item.sinceVersion} stands behind one of version ${newest}`,
        "Append what a version adds",
      );
    }
    newest = Math.max(newest, item.sinceVersion);
  }
}
