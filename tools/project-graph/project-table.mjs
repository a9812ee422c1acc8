/**
 * Reads the table of the section "## Projects" of docs/architecture.md: columns layer, project, responsibility, may
 * import. The last one holds project names separated by commas, or `nothing`, or `any`.
 *
 * @param {string} markdown
 * @returns {Map<string, { layer: string, mayImport: Set<string> | "any" }>} by folder
 */
export function parseProjectTable(markdown) {
  const section = markdown.split(/^## /m).find((part) => /^Projects\s*$/m.test(part.split("\n", 1)[0]));
  if (section === undefined) throw new Error('docs/architecture.md has no section "## Projects"');
  const rows = section
    .split("\n")
    .filter((line) => line.trimStart().startsWith("|"))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  const header = (rows[0] ?? []).join(" | ").toLowerCase();
  if (header !== "layer | project | responsibility | may import") {
    throw new Error(`docs/architecture.md: the project table has the columns "${header}"`);
  }
  const table = new Map();
  for (const [layer, project, , imports] of rows.slice(2)) {
    const names = (imports ?? "").split(",").map((name) => name.replaceAll("`", "").trim());
    const mayImport = names[0] === "any" ? "any" : new Set(names[0] === "nothing" ? [] : names);
    for (const [, root] of (project ?? "").matchAll(/`([^`]+)`/g)) table.set(root, { layer, mayImport });
  }
  return table;
}
