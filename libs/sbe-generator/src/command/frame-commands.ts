import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import { decodeFrames } from "../dynamic/decode-frames.js";
import { hexOf, isObject, type JsonObject, type JsonValue, octetsOfHex } from "../dynamic/json-value.js";
import { SchemaCodec } from "../dynamic/schema-codec.js";
import { type CommandOutput, compileAndWarn, InputError, readBytes, readText } from "./command-io.js";

const SCHEMA_OPTION = "schema file; xi:include is followed";

interface DecodeOptions {
  readonly schema: string;
  readonly hex: boolean;
  readonly pretty: boolean;
}

export function addDecode(program: Command, output: CommandOutput): void {
  program
    .command("decode")
    .description("turn frames into JSON, one line each, without generated code")
    .argument("<frame>", "file of one frame or of several one behind the other; - for standard input")
    .requiredOption("--schema <file>", SCHEMA_OPTION)
    .option("--hex", "the input is hexadecimal text", false)
    .option("--pretty", "indent the JSON", false)
    .addHelpText(
      "after",
      `
Frames of unknown templates are skipped by their block length and shown as octets; frames of newer versions
are read as far as the schema knows them.

Examples:
  sbe-schema-ts decode --schema car.xml car.bin
  echo 0100...66 | sbe-schema-ts decode --schema car.xml --hex -
`,
    )
    .action((frame: string, options: DecodeOptions) => {
      const codec = new SchemaCodec(compileAndWarn(options.schema, false, output));
      const bytes = options.hex ? readHex(frame, output) : readBytes(frame, output);
      for (const decoded of decodeFrames(codec, bytes)) {
        output.out(`${JSON.stringify(decoded, null, options.pretty ? 2 : undefined)}\n`);
      }
    });
}

function readHex(path: string, output: CommandOutput): Uint8Array {
  const bytes = octetsOfHex(readText(path, output));
  if (!bytes)
    throw new InputError(`"${path}" is no hexadecimal text. Give pairs of digits, or leave --hex out`);
  return bytes;
}

interface EncodeOptions {
  readonly schema: string;
  readonly message?: string;
  readonly hex: boolean;
  readonly out?: string;
}

export function addEncode(program: Command, output: CommandOutput): void {
  program
    .command("encode")
    .description("turn JSON into a frame, without generated code")
    .argument(
      "<values>",
      "JSON file with the values of a message, or as decode prints it; - for standard input",
    )
    .requiredOption("--schema <file>", SCHEMA_OPTION)
    .option("--message <name>", 'message to write; may be left out when the JSON has "message" and "values"')
    .option("--hex", "write hexadecimal text", false)
    .option("--out <file>", "file that receives the frame, instead of standard output")
    .addHelpText(
      "after",
      `
Examples:
  sbe-schema-ts encode --schema car.xml --message Car values.json --out car.bin
  sbe-schema-ts decode --schema car.xml car.bin | sbe-schema-ts encode --schema car.xml --hex -
`,
    )
    .action((path: string, options: EncodeOptions) => {
      const codec = new SchemaCodec(compileAndWarn(options.schema, false, output));
      const { message, values } = readMessage(path, options.message, output);
      const frame = codec.encode(message, values);
      const content = options.hex ? `${hexOf(frame)}\n` : frame;
      if (options.out === undefined) output.out(content);
      else writeFileSync(options.out, content);
    });
}

function readMessage(
  path: string,
  name: string | undefined,
  output: CommandOutput,
): { readonly message: string; readonly values: JsonObject } {
  let json: JsonValue;
  try {
    json = JSON.parse(readText(path, output)) as JsonValue;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`"${path}" is no JSON (${reason}). Give one object`);
  }
  if (!isObject(json)) throw new InputError(`"${path}" holds no object. Give the values of one message`);
  if (name !== undefined) return { message: name, values: json };
  const { message, values } = json;
  if (typeof message === "string" && isObject(values)) return { message, values };
  throw new InputError(
    'which message to write is not said. Add --message, or "message" and "values" to the JSON',
  );
}
