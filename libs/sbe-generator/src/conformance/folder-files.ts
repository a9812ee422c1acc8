import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "../dynamic/json-value.js";

export interface ExpectedLayout {
  readonly schemaFile: string;
  readonly messages: readonly { readonly name: string; readonly templateId: number }[];
  readonly types: { readonly [name: string]: unknown };
  readonly sbeToolWarnings?: readonly string[];
}

export interface Reading {
  readonly schemaFile: string;
  readonly message: string;
  readonly decodedLength: number;
  readonly decoded: JsonObject;
}

export interface Vector {
  readonly name: string;
  readonly schemaFile: string;
  readonly message: string;
  readonly values: JsonObject;
  readonly hex: string;
  readonly length: number;
  readonly decoded: JsonObject;
  readonly decodeWith?: readonly Reading[];
  readonly encodeVersion?: number;
  readonly prefill?: string;
  readonly headerExtra?: JsonObject;
  readonly informative?: boolean;
}

export interface RefusedWrite {
  readonly name: string;
  readonly schemaFile: string;
  readonly message: string;
  readonly values: JsonObject;
  readonly outcome: "refused" | "accepted";
  readonly hex?: string;
}

export interface OddFrame {
  readonly name: string;
  readonly schemaFile: string;
  readonly hex: string;
  readonly careful: "decode" | "refuse" | "absent or refuse";
  readonly decoded?: JsonValue;
  readonly decodedLength?: number;
}

/** Schemas with what is known of them; any of the lists may be empty. */
export interface VectorFolder {
  readonly path: string;
  readonly name: string;
  readonly layouts: readonly ExpectedLayout[];
  readonly vectors: readonly Vector[];
  readonly refusedWrites: readonly RefusedWrite[];
  readonly oddFrames: readonly OddFrame[];
  /** Every schema file that one of the lists names. */
  readonly schemaFiles: readonly string[];
}

/** Folders with schemas and expectations: the folder itself if it has some, else those in it, in order of name. */
export function vectorFolders(root: string): readonly VectorFolder[] {
  const paths = isVectorFolder(root) ? [root] : childFolders(root).filter(isVectorFolder);
  return paths.map(readFolder);
}

/** Folders that hold `expected-error.json`. */
export function faultFolders(root: string): readonly string[] {
  const hasFaults = (path: string) => existsSync(join(path, "expected-error.json"));
  return hasFaults(root) ? [root] : childFolders(root).filter(hasFaults);
}

/** Last part of a path. */
export function folderName(path: string): string {
  return path
    .replace(/[/\\]+$/, "")
    .split(/[/\\]/)
    .at(-1)!;
}

function childFolders(root: string): readonly string[] {
  const entries = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => join(root, name)).sort();
}

const FILES = ["layout.json", "vectors.json", "encode-errors.json", "malformed.json"];

function isVectorFolder(path: string): boolean {
  return FILES.some((file) => existsSync(join(path, file)));
}

function readFolder(path: string): VectorFolder {
  const [layouts, vectors, refusedWrites, oddFrames] = FILES.map((file) => readList(join(path, file))) as [
    ExpectedLayout[],
    Vector[],
    RefusedWrite[],
    OddFrame[],
  ];
  const named = [...layouts, ...vectors, ...refusedWrites, ...oddFrames].map(({ schemaFile }) => schemaFile);
  const others = vectors.flatMap(({ decodeWith }) => (decodeWith ?? []).map(({ schemaFile }) => schemaFile));
  const name = folderName(path);
  const schemaFiles = [...new Set([...named, ...others])].sort();
  return { path, name, layouts, vectors, refusedWrites, oddFrames, schemaFiles };
}

function readList(path: string): unknown[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as unknown[]) : [];
}
