import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  checkEdges,
  checkImports,
  checkReferences,
  importsOf,
  LAYER_IMPORTS,
  loadWorkspace,
  type Project,
  type ProjectTable,
  packageOf,
  parseProjectTable,
  type Workspace,
} from "./project-graph/index.mjs";

const workspaceDir = dirname(import.meta.dirname);

/** Opens code in a template literal of a scanned source. */
const OPEN = "$\u007b";

const TABLE = `# Architecture
## Projects
Text.

| layer | project | responsibility | may import |
|---|---|---|---|
| foundation | \`libs/common\` | ids | nothing |
| contract | \`libs/sbe\` | codecs | common |
| venue | \`libs/integration/binance\` | a venue | common |
| tool | \`apps/e2e\` | tests | any |

## Next
| not | the | table | here |
`;

function project(root: string, layer: string, more: Partial<Project> = {}): Project {
  const name = root.slice(root.lastIndexOf("/") + 1);
  return {
    name,
    root,
    tags: [`layer:${layer}`],
    packageName: `@ims/${name}`,
    dependencies: {},
    devDependencies: {},
    optionalPeers: [],
    references: [],
    sources: [],
    ...more,
  };
}

/** A workspace without a violation; tests break one thing at a time. */
function workspaceWith(changes: Record<string, Partial<Project>> = {}): Workspace {
  const toCommon = { dependencies: { "@ims/common": "0.1.0" } };
  const projects = [
    project("libs/common", "foundation"),
    project("libs/sbe", "contract", { ...toCommon, references: ["../common/tsconfig.lib.json"] }),
    project("libs/integration/binance", "venue", {
      ...toCommon,
      references: ["../../common/tsconfig.lib.json"],
    }),
    project("apps/e2e", "tool", { references: undefined }),
  ].map((one) => ({ ...one, ...changes[one.name] }));
  const names = new Map(projects.map(({ packageName, name }) => [packageName, name]));
  return {
    projects,
    edges: projects.flatMap(({ name, dependencies, devDependencies, optionalPeers }) =>
      [...Object.keys({ ...dependencies, ...devDependencies }), ...optionalPeers]
        .flatMap((dependency) => names.get(dependency) ?? [])
        .map((target) => ({ source: name, target })),
    ),
    rootDevDependencies: { vitest: "4.1.12" },
    rootReferences: projects.map(({ root }) => `${root}/tsconfig.lib.json`),
  };
}

function violationsOf(workspace: Workspace, table: ProjectTable = parseProjectTable(TABLE)): string[] {
  return [...checkEdges(workspace, table), ...checkImports(workspace), ...checkReferences(workspace)];
}

describe("the project graph", () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = loadWorkspace(workspaceDir);
  });

  it("has exactly the projects and edges of the table in docs/architecture.md", () => {
    const table = parseProjectTable(readFileSync(join(workspaceDir, "docs/architecture.md"), "utf8"));
    expect(workspace.projects.map(({ root }) => root)).toEqual([...table.keys()].sort());
    expect(checkEdges(workspace, table)).toEqual([]);
  });

  it("imports only what is declared", () => {
    expect(checkImports(workspace)).toEqual([]);
  });

  it("has a reference for every dependency and no other", () => {
    expect(checkReferences(workspace)).toEqual([]);
  });

  it("was read with its sources", () => {
    const common = workspace.projects.find(({ name }) => name === "common");
    expect(common?.sources.map(({ path }) => path)).toContain("libs/common/src/index.ts");
    expect(common?.tags).toEqual(["layer:foundation"]);
  });
});

describe("checkEdges", () => {
  const binanceWith = (more: Partial<Project>) => workspaceWith({ binance: more });
  const both = { "@ims/common": "0.1.0", "@ims/sbe": "0.1.0" };

  it("finds nothing wrong in an allowed graph", () => {
    expect(violationsOf(workspaceWith())).toEqual([]);
  });

  it("reports an edge that the layers allow but the table does not", () => {
    const references = ["../../common/tsconfig.lib.json", "../../sbe/tsconfig.lib.json"];
    expect(violationsOf(binanceWith({ dependencies: both, references }))).toEqual([
      "libs/integration/binance/package.json: binance imports sbe: not allowed by the table in docs/architecture.md: remove the dependency, or argue for the edge there",
    ]);
  });

  it("reports an edge to a higher layer, even where the table allows it", () => {
    const table = parseProjectTable(TABLE.replace("| codecs | common |", "| codecs | common, binance |"));
    const sbe = { dependencies: { "@ims/common": "0.1.0", "@ims/binance": "0.1.0" } };
    expect(checkEdges(workspaceWith({ sbe }), table)).toEqual([
      "libs/sbe/package.json: sbe imports binance: layer contract may not import layer venue: remove the dependency or move the code down",
    ]);
  });

  it("holds edges of tests to the layers only, and lets tests use tools", () => {
    expect(
      violationsOf(binanceWith({ devDependencies: { "@ims/sbe": "0.1.0", "@ims/e2e": "0.1.0" } })),
    ).toEqual([]);
    const upwards = workspaceWith({ sbe: { devDependencies: { "@ims/binance": "0.1.0" } } });
    expect(checkEdges(upwards, parseProjectTable(TABLE))).toEqual([
      expect.stringContaining("sbe imports binance"),
    ]);
  });

  it("lets an optional package be a tool, where the table allows it", () => {
    const optional = workspaceWith({ sbe: { optionalPeers: ["@ims/e2e"] } });
    expect(checkEdges(optional, parseProjectTable(TABLE))).toEqual([
      expect.stringContaining("sbe imports e2e: not allowed by the table"),
    ]);
    const table = parseProjectTable(TABLE.replace("| codecs | common |", "| codecs | common, e2e |"));
    expect(checkEdges(optional, table)).not.toContainEqual(expect.stringContaining("sbe imports e2e"));
    const upwards = workspaceWith({ sbe: { optionalPeers: ["@ims/binance"] } });
    expect(checkEdges(upwards, parseProjectTable(TABLE))).toContainEqual(
      expect.stringContaining("layer contract may not import layer venue"),
    );
  });

  it("keeps venues apart", () => {
    const table = parseProjectTable(TABLE.replace("| a venue | common |", "| a venue | common, sbe |"));
    const workspace = workspaceWith({
      binance: { tags: ["layer:venue", "venue:binance"], dependencies: both },
      sbe: { tags: ["layer:contract", "venue:deribit"] },
    });
    expect(checkEdges(workspace, table)).toEqual([
      expect.stringContaining("venue binance may not import venue deribit"),
    ]);
  });

  it("reports what stands in the table alone, in the workspace alone, or differently", () => {
    const rows = TABLE.replace("| ids | nothing |", "| ids | sbe |").replace("`libs/sbe`", "`libs/spe`");
    expect(checkEdges(workspaceWith(), parseProjectTable(rows))).toEqual([
      "libs/sbe/package.json: the project is missing in docs/architecture.md: add a row to its table",
      "docs/architecture.md: libs/spe is no project of the workspace: remove its row",
      "docs/architecture.md: libs/common may import sbe but does not depend on it: remove it from the row",
    ]);
    const tagged = workspaceWith({ sbe: { tags: ["layer:engine"] }, common: { tags: [] } });
    expect(checkEdges(tagged, parseProjectTable(TABLE))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/libs\/common\/package\.json: no known layer tag/),
        expect.stringMatching(/tagged layer:engine, but contract/),
      ]),
    );
  });

  it("lets no layer import a higher one, tools aside", () => {
    const order = ["foundation", "contract", "engine", "venue", "shell", "app"];
    for (const [layer, imports] of Object.entries(LAYER_IMPORTS)) {
      if (layer === "tool" || layer === "test") continue;
      for (const target of imports) {
        if (target === "tool") expect(layer).toBe("app");
        else expect(order.indexOf(target)).toBeLessThanOrEqual(order.indexOf(layer));
      }
    }
  });
});

describe("checkImports", () => {
  const check = (path: string, text: string, more: Partial<Project> = {}) =>
    checkImports(
      workspaceWith({
        binance: { sources: [{ path: `libs/integration/binance/src/${path}`, text }], ...more },
      }),
    );

  it("reports an undeclared package with file, line and remedy", () => {
    expect(check("a.ts", 'import { a } from "@ims/common";\nimport "@ims/sbe";\n')).toEqual([
      'libs/integration/binance/src/a.ts:2: imports "@ims/sbe": not declared: add @ims/sbe to "dependencies" of libs/integration/binance/package.json if the table in docs/architecture.md allows it, or remove the import',
    ]);
    expect(check("a.ts", 'export type { A } from "zod/v4";')).toEqual([
      expect.stringContaining("add zod to"),
    ]);
  });

  it("lets specs and benchmarks use development dependencies, and nothing else", () => {
    const text = 'import { it } from "vitest";\nimport "@ims/sbe";';
    const devDependencies = { "@ims/sbe": "0.1.0" };
    expect(check("a.spec.ts", text, { devDependencies })).toEqual([]);
    expect(check("a.bench.ts", text, { devDependencies })).toEqual([]);
    expect(check("a.spec.ts", 'import "nowhere";')).toHaveLength(1);
    expect(check("a.ts", text, { devDependencies })).toEqual([
      expect.stringContaining("a development dependency in a source that ships"),
      expect.stringContaining("a development dependency in a source that ships"),
    ]);
  });

  it("has optional packages loaded where they are needed, never with the source", () => {
    const optionalPeers = ["@ims/sbe"];
    const lazily =
      'const sbe = async () => import("@ims/sbe");\nexport type Sbe = typeof import("@ims/sbe");';
    expect(check("a.ts", lazily, { optionalPeers })).toEqual([]);
    expect(check("a.spec.ts", 'import "@ims/sbe";', { optionalPeers })).toEqual([]);
    expect(check("a.ts", 'import { a } from "@ims/sbe";', { optionalPeers })).toEqual([
      expect.stringContaining("an optional package, which an installation may lack"),
    ]);
  });

  it("reports a path into another project", () => {
    expect(
      check("a.ts", 'import "../../../sbe/src/index.js"; import "./b.js"; import "../package.json";'),
    ).toEqual([expect.stringContaining("a path out of libs/integration/binance")]);
  });

  it("takes Node's modules and the project's own name as they are", () => {
    expect(check("a.ts", 'import "node:fs"; import "fs"; import "@ims/binance";')).toEqual([]);
  });
});

describe("checkReferences", () => {
  it("reports a missing reference, one too many, and a project that the root does not reach", () => {
    expect(checkReferences(workspaceWith({ sbe: { references: [] } }))).toEqual([
      'libs/sbe/tsconfig.lib.json: no reference to libs/common: add { "path": "../common/tsconfig.lib.json" }',
    ]);
    expect(checkReferences(workspaceWith({ sbe: { optionalPeers: ["@ims/e2e"] } }))).toEqual([
      expect.stringContaining("libs/sbe/tsconfig.lib.json: no reference to apps/e2e"),
    ]);
    expect(checkReferences(workspaceWith({ common: { references: ["../sbe/tsconfig.lib.json"] } }))).toEqual([
      expect.stringContaining("reference to libs/sbe without a dependency"),
    ]);
    expect(checkReferences({ ...workspaceWith(), rootReferences: [] })).toContain(
      'tsconfig.json: no reference to libs/common: add { "path": "libs/common/tsconfig.lib.json" }',
    );
  });
});

describe("importsOf", () => {
  const specifiers = (source: string) => importsOf(source).map(({ specifier }) => specifier);

  it("finds every form of import", () => {
    const source = `#!/usr/bin/env node
import "a";
import b, { type B } from 'b';
import type { C } from "c";
import * as d from "d"; import {
  e1,
  e2 as e3,
} from "e";
export * from "f";
export { g } from "g";
export type { H } from "h";
const i = await import("i");
let j: typeof import("j");
const k = require("k"), l = import.meta.resolve("l");
import $m from"m"
`;
    expect(specifiers(source)).toEqual("a b c d e f g h i j k l m".split(" "));
    expect(importsOf(source).find(({ specifier }) => specifier === "e")?.line).toBe(8);
  });

  it("is not fooled by comments, texts, templates and regular expressions", () => {
    const source = [
      '// import "a";',
      '/* \nimport "b";\n*/',
      `const c = \`\nimport "c";\n${OPEN}d(\`import "d"\`, { e: "}" })}\nimport "e";\`;`,
      "const f = 'it\\'s // no comment'; const url = \"http://x\";",
      'const g = /["`\'/*]/g.test("x") ? 4 / 2 / 1 : 0;',
      'export const h = "h";',
      'import "found";',
    ].join("\n");
    expect(specifiers(source)).toEqual(["found"]);
  });

  it("sees imports inside a template's code", () => {
    expect(specifiers(`const a = \`x ${OPEN}await import("a")} y\`;`)).toEqual(["a"]);
  });

  it.each(["/", `\`${OPEN}`, '"', "/*", `\`${OPEN}\``, "a /", "\\"])(
    "ends on the unfinished source %s",
    (source) => {
      expect(specifiers(source)).toEqual([]);
    },
  );
});

describe("packageOf", () => {
  it.each([
    ["@ims/common", "@ims/common"],
    ["@ims/common/x/y", "@ims/common"],
    ["zod/v4", "zod"],
    ["./a.js", undefined],
    ["node:fs/promises", undefined],
    ["events", undefined],
  ])("%s is in %s", (specifier, name) => {
    expect(packageOf(specifier)).toBe(name);
  });
});

describe("parseProjectTable", () => {
  it("reads layers, folders and names", () => {
    const table = parseProjectTable(
      TABLE.replace("`libs/sbe`", "`libs/sbe`, `libs/iggy`").replace(
        "| codecs | common |",
        "| codecs | `common`, traits |",
      ),
    );
    expect([...table.keys()]).toEqual([
      "libs/common",
      "libs/sbe",
      "libs/iggy",
      "libs/integration/binance",
      "apps/e2e",
    ]);
    expect(table.get("libs/iggy")).toEqual({ layer: "contract", mayImport: new Set(["common", "traits"]) });
    expect(table.get("libs/common")?.mayImport).toEqual(new Set());
    expect(table.get("apps/e2e")?.mayImport).toBe("any");
  });

  it("refuses a document without the section or with other columns", () => {
    expect(() => parseProjectTable("# Architecture")).toThrow('no section "## Projects"');
    expect(() => parseProjectTable(TABLE.replace("may import", "imports"))).toThrow("columns");
  });
});
