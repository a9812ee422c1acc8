const BELOW_VENUE = ["foundation", "contract", "engine"];

/**
 * What each layer may import at all. The shell leaves out the venues: the service template knows none of them.
 * Only apps and tools may import tools; what serves tests alone is for tools and for specs. An optional peer may be a
 * tool for any of them: what is installed without it works without it.
 */
export const LAYER_IMPORTS = {
  foundation: [],
  contract: ["foundation", "contract"],
  engine: BELOW_VENUE,
  venue: [...BELOW_VENUE, "venue"],
  shell: [...BELOW_VENUE, "shell"],
  app: [...BELOW_VENUE, "venue", "shell", "tool"],
  test: [...BELOW_VENUE, "test"],
  tool: [...BELOW_VENUE, "venue", "shell", "app", "test", "tool"],
};

/**
 * Compares the project graph with the layers and with the table, both ways. Edges that come from devDependencies
 * alone serve tests: they need not stand in the table, but may not point to a higher layer, test and tool excepted.
 *
 * @param {import("./index.d.mts").Workspace} workspace
 * @param {import("./index.d.mts").ProjectTable} table
 * @returns {string[]} one line per violation
 */
export function checkEdges({ projects, edges }, table) {
  const byName = new Map(projects.map((project) => [project.name, project]));
  const violations = projects.flatMap((project) => checkRow(project, table.get(project.root)));
  for (const root of table.keys()) {
    if (projects.some((project) => project.root === root)) continue;
    violations.push(`docs/architecture.md: ${root} is no project of the workspace: remove its row`);
  }
  const real = new Map(projects.map(({ name }) => [name, new Set()]));
  for (const { source, target } of edges) {
    const [from, to] = [byName.get(source), byName.get(target)];
    if (!from || !to) continue;
    const forTests = to.packageName in from.devDependencies && !(to.packageName in from.dependencies);
    if (!forTests) real.get(source).add(target);
    violations.push(...checkEdge(from, to, table.get(from.root), forTests));
  }
  for (const { name, root } of projects) {
    const mayImport = table.get(root)?.mayImport;
    if (mayImport === undefined || mayImport === "any") continue;
    for (const allowed of mayImport) {
      if (real.get(name).has(allowed)) continue;
      violations.push(
        `docs/architecture.md: ${root} may import ${allowed} but does not depend on it: remove it from the row`,
      );
    }
  }
  return violations;
}

function checkRow({ root, tags }, row) {
  const layer = layerOf(tags);
  if (layer === undefined || !(layer in LAYER_IMPORTS)) {
    return [
      `${root}/package.json: no known layer tag: add one of layer:${Object.keys(LAYER_IMPORTS).join(", layer:")}`,
    ];
  }
  if (row === undefined) {
    return [`${root}/package.json: the project is missing in docs/architecture.md: add a row to its table`];
  }
  if (row.layer === layer) return [];
  return [
    `${root}/package.json: tagged layer:${layer}, but ${row.layer} in docs/architecture.md: make them equal`,
  ];
}

function checkEdge(from, to, row, forTests) {
  const edge = `${from.root}/package.json: ${from.name} imports ${to.name}`;
  const [layer, targetLayer] = [layerOf(from.tags), layerOf(to.tags)];
  const isOptional = from.optionalPeers.includes(to.packageName);
  const layerAllows =
    LAYER_IMPORTS[layer]?.includes(targetLayer) ||
    (forTests && ["test", "tool"].includes(targetLayer)) ||
    (isOptional && targetLayer === "tool");
  if (!layerAllows) {
    return [
      `${edge}: layer ${layer} may not import layer ${targetLayer}: remove the dependency or move the code down`,
    ];
  }
  const [venue, targetVenue] = [venueOf(from.tags), venueOf(to.tags)];
  if (venue !== undefined && targetVenue !== undefined && venue !== targetVenue) {
    return [
      `${edge}: a project of venue ${venue} may not import venue ${targetVenue}: move what both need to the kit`,
    ];
  }
  if (forTests || row === undefined || row.mayImport === "any" || row.mayImport.has(to.name)) return [];
  return [
    `${edge}: not allowed by the table in docs/architecture.md: remove the dependency, or argue for the edge there`,
  ];
}

function layerOf(tags) {
  return tags.find((tag) => tag.startsWith("layer:"))?.slice("layer:".length);
}

function venueOf(tags) {
  return tags.find((tag) => tag.startsWith("venue:"))?.slice("venue:".length);
}
