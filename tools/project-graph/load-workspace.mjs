import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Everything the checks look at, read once: Nx's project graph, the package.json, tsconfig.lib.json and sources of
 * every project.
 *
 * @param {string} workspaceDir
 * @returns {import("./index.d.mts").Workspace}
 */
export function loadWorkspace(workspaceDir) {
  const graph = nxGraph(workspaceDir);
  const projects = Object.values(graph.nodes)
    .map(({ name, data }) => loadProject(workspaceDir, name, data))
    .sort((a, b) => (a.root < b.root ? -1 : 1));
  return {
    projects,
    edges: Object.values(graph.dependencies).flatMap((edges) =>
      edges.map(({ source, target }) => ({ source, target })),
    ),
    rootDevDependencies: readJson(join(workspaceDir, "package.json")).devDependencies ?? {},
    rootReferences: referencesOf(join(workspaceDir, "tsconfig.json")) ?? [],
  };
}

function nxGraph(workspaceDir) {
  const nx = createRequire(join(workspaceDir, "package.json")).resolve("nx/bin/nx.js");
  const folder = mkdtempSync(join(tmpdir(), "ims-graph-"));
  try {
    const file = join(folder, "graph.json");
    execFileSync(process.execPath, [nx, "graph", `--file=${file}`], {
      cwd: workspaceDir,
      env: { ...process.env, NX_DAEMON: "false", NX_NO_CLOUD: "true", NX_TUI: "false" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    return readJson(file).graph;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function loadProject(workspaceDir, name, { root, tags = [] }) {
  const {
    name: packageName,
    dependencies = {},
    devDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = readJson(join(workspaceDir, root, "package.json"));
  return {
    name,
    root,
    tags: tags.filter((tag) => !tag.startsWith("npm:")),
    packageName,
    dependencies,
    devDependencies,
    optionalPeers: Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional),
    references: referencesOf(join(workspaceDir, root, "tsconfig.lib.json")),
    sources: sourcesOf(workspaceDir, `${root}/src`),
  };
}

function sourcesOf(workspaceDir, folder) {
  const absolute = join(workspaceDir, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({
      path: file.slice(workspaceDir.length + 1).replaceAll("\\", "/"),
      text: readFileSync(file, "utf8"),
    }));
}

function referencesOf(file) {
  if (!existsSync(file)) return undefined;
  return (readJson(file).references ?? []).map(({ path }) => path);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
