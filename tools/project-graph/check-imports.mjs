import { posix } from "node:path";
import { importsOf, packageOf } from "./imports.mjs";

const TEST_SOURCE = /\.(?:spec|bench)\.ts$|\/spec-support\//;

/**
 * Every package that a source imports must be declared in its project's package.json: `dependencies`, or for specs,
 * their support files and benchmarks also `devDependencies`, the project's or the root's. npm links all workspace packages into one folder, so
 * an undeclared import works here and fails wherever the package is installed alone. Optional peers may be missing there,
 * so a source may only load them when it needs them.
 *
 * @param {import("./index.d.mts").Workspace} workspace
 * @returns {string[]} one line per violation
 */
export function checkImports({ projects, rootDevDependencies }) {
  return projects.flatMap((project) =>
    project.sources.flatMap(({ path, text }) => {
      const forTests = TEST_SOURCE.test(path);
      return importsOf(text).flatMap(({ specifier, line, isDynamic }) => {
        const reason = refusal(project, path, { specifier, isDynamic }, forTests, rootDevDependencies);
        return reason === undefined ? [] : [`${path}:${line}: imports "${specifier}": ${reason}`];
      });
    }),
  );
}

function refusal(project, path, { specifier, isDynamic }, forTests, rootDevDependencies) {
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    if (target.startsWith(`${project.root}/`)) return undefined;
    return `a path out of ${project.root}: import the other project by its package name`;
  }
  const name = packageOf(specifier);
  if (name === undefined || name === project.packageName || name in project.dependencies) return undefined;
  if (forTests && (name in project.devDependencies || name in rootDevDependencies)) return undefined;
  if (project.optionalPeers.includes(name)) {
    return isDynamic || forTests
      ? undefined
      : "an optional package, which an installation may lack: load it with import() where it is needed";
  }
  if (name in project.devDependencies || name in rootDevDependencies) {
    return `a development dependency in a source that ships: add it to "dependencies" of ${project.root}/package.json, or import it in specs only`;
  }
  const field = forTests ? '"devDependencies"' : '"dependencies"';
  return `not declared: add ${name} to ${field} of ${project.root}/package.json if the table in docs/architecture.md allows it, or remove the import`;
}
