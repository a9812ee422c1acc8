import { isBuiltin } from "node:module";
import { codeOnly } from "./source-text.mjs";

const DYNAMIC = /\bimport\s*\(\s*(["'])([^"'\n]+)\1/g;
const PATTERNS = [
  /(?:^|[;}\n])\s*(?:import|export)\s+(?:type\s+)?(?:[\w$*{}\s,]+?\s*from\s*)?(["'])([^"'\n]+)\1/g,
  DYNAMIC,
  /\bimport\.meta\.resolve\s*\(\s*(["'])([^"'\n]+)\1/g,
  /\brequire(?:\.resolve)?\s*\(\s*(["'])([^"'\n]+)\1/g,
];

/**
 * Everything a source imports: static, re-exported, dynamic, required, and types (`import("x").T`).
 *
 * @param {string} source
 * @returns {{ specifier: string, line: number, isDynamic: boolean }[]} in their order; lines count from 1; dynamic ones
 *   are loaded when the code gets there, and types
 */
export function importsOf(source) {
  const code = codeOnly(source);
  return PATTERNS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({ match, isDynamic: pattern === DYNAMIC })),
  )
    .sort((a, b) => a.match.index - b.match.index)
    .map(({ match, isDynamic }) => ({
      isDynamic,
      specifier: match[2],
      line: code.slice(0, match.index + match[0].length).split("\n").length,
    }));
}

/**
 * The package of a specifier: `@ims/common` of `@ims/common/x`.
 *
 * @param {string} specifier
 * @returns {string | undefined} undefined for relative imports and Node's own modules
 */
export function packageOf(specifier) {
  if (specifier.startsWith(".") || isBuiltin(specifier)) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
