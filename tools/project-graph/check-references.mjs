import { posix } from "node:path";

/**
 * The references in tsconfig.lib.json must be exactly the workspace packages among `dependencies` and optional peers, and the root
 * tsconfig.json must reach every project. `tsc -b` is silent about a missing one and then compiles in the wrong order.
 *
 * @param {import("./index.d.mts").Workspace} workspace
 * @returns {string[]} one line per violation
 */
export function checkReferences({ projects, rootReferences }) {
  const rootByPackage = new Map(projects.map(({ packageName, root }) => [packageName, root]));
  return projects.flatMap(({ root, dependencies, optionalPeers, references }) => {
    if (references === undefined) return [];
    const file = `${root}/tsconfig.lib.json`;
    const wanted = [...Object.keys(dependencies), ...optionalPeers].flatMap(
      (name) => rootByPackage.get(name) ?? [],
    );
    const present = references.map((path) => posix.dirname(posix.join(root, path)));
    return [
      ...wanted
        .filter((target) => !present.includes(target))
        .map(
          (target) => `${file}: no reference to ${target}: add { "path": "${referencePath(root, target)}" }`,
        ),
      ...present
        .filter((target) => !wanted.includes(target))
        .map(
          (target) =>
            `${file}: reference to ${target} without a dependency: remove it, or declare the dependency`,
        ),
      ...(rootReferences.includes(file)
        ? []
        : [`tsconfig.json: no reference to ${root}: add { "path": "${file}" }`]),
    ];
  });
}

function referencePath(root, target) {
  return posix.join(posix.relative(root, target), "tsconfig.lib.json");
}
