import { Batch } from "./batch";
import { Decimal } from "./decimal";
import { StateReader, StateWriter } from "./state";
import { Text } from "./text";

/** What a filter does with a batch. */
export type BatchHandler = (batch: Batch) => void;
/** Writes and reads the state of a filter; a reader says with false that it cannot. */
export type SnapshotHandler = (state: StateWriter) => void;
export type RestoreHandler = (state: StateReader) => bool;

/** A parameter as it is declared; `value` is set before the first batch, and may be set anew between two. */
class Parameter {
  constructor(
    public name: string,
    public usual: string | null,
    public doc: string,
    public decimal: Decimal | null,
    public text: Text | null,
  ) {}
}

let ownName = "filter";
let ownVersion = "0";
let ownTemplates: i32[] = [];
let handler: BatchHandler | null = null;
let snapshotHandler: SnapshotHandler | null = null;
let restoreHandler: RestoreHandler | null = null;
let stateVersion: i32 = -1;
const parameters: Parameter[] = [];

/**
 * Says what the filter is. Call it once, at the top level of the module, behind the parameters.
 * @param name 1 to 64 lower-case letters, digits and dashes
 * @param templates of the records that it reads; none means all
 */
export function defineFilter(name: string, version: string, templates: i32[], run: BatchHandler): void {
  ownName = name;
  ownVersion = version;
  ownTemplates = templates;
  handler = run;
}

/**
 * Says that the filter keeps a state from batch to batch, which goes to its next version if both have one and the same
 * state version. The module exports `ims_snapshot` and `ims_restore` of this package too.
 */
export function defineState(version: i32, snapshot: SnapshotHandler, restore: RestoreHandler): void {
  stateVersion = version;
  snapshotHandler = snapshot;
  restoreHandler = restore;
}

/** Declares a number; its value arrives in the Decimal. @param usual decimal text; null: it has to be given */
export function numberParameter(name: string, usual: string | null, doc: string): Decimal {
  const value = new Decimal();
  parameters.push(new Parameter(name, usual, doc, value, null));
  return value;
}

/** Declares a text; its value arrives in the Text. @param usual null: it has to be given */
export function textParameter(name: string, usual: string | null, doc: string): Text {
  const value = Text.of("");
  parameters.push(new Parameter(name, usual, doc, null, value));
  return value;
}

export function runBatch(batch: Batch): void {
  const run = handler;
  assert(run != null, "defineFilter was not called");
  run!(batch);
}

/** @returns whether there is such a number parameter and a scale that a decimal may have */
export function setNumber(index: i32, mantissa: i64, scale: i32): bool {
  if (<u32>index >= <u32>parameters.length || scale < 0) return false;
  const decimal = parameters[index].decimal;
  if (decimal == null) return false;
  decimal.mantissa = mantissa;
  decimal.scale = scale;
  return true;
}

/** @returns whether there is such a text parameter */
export function setText(index: i32, address: usize, length: i32): bool {
  if (<u32>index >= <u32>parameters.length) return false;
  const text = parameters[index].text;
  if (text == null) return false;
  text.set(address, length);
  return true;
}

export function writeState(state: StateWriter): void {
  const snapshot = snapshotHandler;
  if (snapshot != null) snapshot(state);
}

/** @returns whether the state was read, to its end */
export function readState(state: StateReader): bool {
  const restore = restoreHandler;
  return restore != null && restore(state) && !state.failed && state.remaining == 0;
}

/** The description as JSON. */
export function describe(): string {
  let text = '{"name":' + quoted(ownName) + ',"version":' + quoted(ownVersion) + ',"templates":[';
  for (let index = 0; index < ownTemplates.length; index++) {
    text += (index > 0 ? "," : "") + ownTemplates[index].toString();
  }
  text += '],"parameters":[';
  for (let index = 0; index < parameters.length; index++) {
    const parameter = parameters[index];
    text += (index > 0 ? "," : "") + '{"name":' + quoted(parameter.name);
    text += ',"type":' + (parameter.decimal != null ? '"number"' : '"text"');
    const usual = parameter.usual;
    if (usual != null) text += ',"default":' + quoted(usual);
    text += ',"doc":' + quoted(parameter.doc) + "}";
  }
  return text + "]" + (stateVersion >= 0 ? ',"stateVersion":' + stateVersion.toString() : "") + "}";
}

function quoted(text: string): string {
  let result = '"';
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code == 0x22 || code == 0x5c) result += "\\" + text.charAt(index);
    else if (code < 0x20) result += "\\u00" + (code < 16 ? "0" : "") + code.toString(16);
    else result += text.charAt(index);
  }
  return result + '"';
}
