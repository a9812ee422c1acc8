import { commandCodec } from "./command-codec.js";

const SCOPES = ["topic", "stream", "user"] as const;
export type OptionScope = (typeof SCOPES)[number];

/** One entry of an option catalog; `defaultValue` is encoded in the option's kind. */
export interface OptionDescription {
  readonly key: string;
  readonly kind: number;
  readonly defaultValue: Uint8Array;
  readonly description: string;
}

/** `[scope u8: 1 topic, 2 stream, 3 user]` → `[count u32]`, then `[key str8][kind u8][default str32][description str32]`. */
export const describeOptions = commandCodec<{ readonly scope: OptionScope }, readonly OptionDescription[]>(
  "describe options",
  {
    writeRequest: (writer, request) => void writer.u8(SCOPES.indexOf(request.scope) + 1, "scope"),
    readRequest(reader) {
      const code = reader.u8("scope");
      const scope = SCOPES[code - 1];
      if (!scope) throw reader.invalid("scope", `${code} is not 1 to 3`, reader.position - 1);
      return { scope };
    },
    writeReply(writer, catalog) {
      writer.u32(catalog.length, "option count");
      for (const entry of catalog) {
        writer.str8(entry.key, "key").u8(entry.kind, "kind").u32(entry.defaultValue.length, "default");
        writer.raw(entry.defaultValue).str32(entry.description, "description");
      }
    },
    readReply(reader) {
      const count = reader.u32("option count");
      const catalog: OptionDescription[] = [];
      for (let i = 0; i < count; i++) {
        catalog.push({
          key: reader.str8("key"),
          kind: reader.u8("kind"),
          defaultValue: reader.raw(reader.u32("default length"), "default"),
          description: reader.str32("description"),
        });
      }
      return catalog;
    },
  },
);
