import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const TABLE_EXPORT = /^export const (\w+_ERRORS)\b/gm;

/**
 * Finds every exported `*_ERRORS` table in the sources under libs and apps.
 *
 * @param {string} workspaceDir
 * @returns {{ project: string, file: string, exportName: string }[]} by project, paths relative to the workspace
 */
export function findErrorTables(workspaceDir) {
  return ["libs", "apps"]
    .flatMap((folder) =>
      readdirSync(join(workspaceDir, folder), { recursive: true }).map((path) =>
        `${folder}/${path}`.replaceAll("\\", "/"),
      ),
    )
    .filter((path) => /\/src\/.*(?<!\.spec|\.bench)\.ts$/.test(path) && !path.includes("/node_modules/"))
    .sort()
    .flatMap((file) =>
      [...readFileSync(join(workspaceDir, file), "utf8").matchAll(TABLE_EXPORT)].map(([, exportName]) => ({
        project: file.slice(0, file.indexOf("/src/")),
        file,
        exportName,
      })),
    );
}

/**
 * The reference page of all tables.
 *
 * @param {readonly import("./index.d.mts").LoadedErrorTable[]} tables
 * @returns {string} Markdown
 */
export function renderErrorReference(tables) {
  const sections = tables.map(({ project, entries }) => {
    const rows = Object.entries(entries)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, entry]) => {
        const cells = [
          `\`${code}\``,
          cell(entry.summary),
          cell(entry.action),
          entry.retryable ? "yes" : "no",
        ];
        return `| ${cells.join(" | ")} |`;
      });
    return [
      `## ${project}`,
      "",
      "| code | meaning | what to do | retry |",
      "|---|---|---|---|",
      ...rows,
      "",
    ].join("\n");
  });
  return [
    "# Error reference",
    "",
    "Every error of the platform is an `ImsError`. Compare its `code`, never its message. *Retry* says whether the same",
    "call may succeed later without a change by the caller. `node tools/error-reference.mjs` writes this page from the",
    "libraries' tables.",
    "",
    ...sections,
  ].join("\n");
}

function cell(text) {
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  return sentence.replaceAll("|", "\\|").replaceAll("\n", " ");
}
