import type { Evolution } from "./compare-schemas.js";

const ORDER = ["breaking", "caution", "safe"] as const;

/** The comparison for people: one line for each change, breaking ones first, and a verdict at the end. */
export function describeEvolution({ compatible, oldVersion, newVersion, changes }: Evolution): string {
  const lines = ORDER.flatMap((severity) =>
    changes
      .filter((change) => change.severity === severity)
      .map(({ path, change, affects, reason }) =>
        reason === ""
          ? `${severity}: ${path}: ${change}.`
          : `${severity}: ${path}: ${change}. ${reason} (${affects}).`,
      ),
  );
  const breaking = changes.filter(({ severity }) => severity === "breaking").length;
  const verdict = compatible
    ? `compatible: version ${newVersion} and version ${oldVersion} read each other's frames`
    : `not compatible: ${breaking} breaking change${breaking === 1 ? "" : "s"} from version ${oldVersion} to version ${newVersion}`;
  return `${[...lines, verdict].join("\n")}\n`;
}
