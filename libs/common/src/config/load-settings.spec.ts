import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isImsError } from "../errors/ims-error.js";
import { CONFIG_FILE_NAME, findConfigFile } from "./config-file.js";
import { loadSettings, type SettingsSources } from "./load-settings.js";
import { parseFlags } from "./parse-flags.js";
import {
  booleanSetting,
  choiceSetting,
  integerSetting,
  listSetting,
  portSetting,
  textSetting,
  urlSetting,
} from "./setting-types.js";
import { defineSettings, type SettingsDefinition } from "./settings-definition.js";

const SETTINGS = defineSettings({
  iggyUrl: {
    schema: urlSetting("iggy", "iggy+tcp").default("iggy://iggy:iggy@localhost:8090"),
    env: "IGGY_URL",
    flag: "iggy-url",
    description: "The broker",
  },
  httpPort: {
    schema: portSetting({ anyAllowed: true }).default(7070),
    env: "IMS_HTTP_PORT",
    flag: "http-port",
    description: "Health",
  },
  verbose: {
    schema: booleanSetting().default(false),
    env: "VERBOSE",
    flag: "verbose",
    description: "More lines",
  },
  broker: {
    schema: choiceSetting("auto", "embedded", "external").default("auto"),
    env: "IMS_BROKER",
    description: "Which broker",
  },
  symbols: { schema: listSetting().optional(), flag: "symbols", description: "Symbols" },
  accessToken: { schema: textSetting().optional(), env: "IMS_TOKEN", secret: true, description: "Token" },
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ims-config-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(folder, CONFIG_FILE_NAME);
  writeFileSync(path, content);
  return path;
}

function mistakesOf(definition: SettingsDefinition, sources: SettingsSources): string[] {
  try {
    loadSettings(definition, sources);
  } catch (error) {
    if (isImsError(error, "config.invalid")) return error.context.mistakes as string[];
    throw error;
  }
  return [];
}

describe("loadSettings", () => {
  it("gives defaults when nothing is set", () => {
    const { values } = loadSettings(SETTINGS);
    expect(values).toEqual({
      iggyUrl: "iggy://iggy:iggy@localhost:8090",
      httpPort: 7070,
      verbose: false,
      broker: "auto",
      symbols: undefined,
      accessToken: undefined,
    });
    expect(Object.isFrozen(values)).toBe(true);
  });

  it("prefers flags to environment to file to default, for each setting alone", () => {
    const file = fileWith('{"httpPort": 1, "broker": "embedded", "verbose": true, "symbols": ["BTCUSDT"]}');
    const env = { IMS_HTTP_PORT: "2", IMS_BROKER: "external", UNRELATED: "x" };
    const loaded = loadSettings(SETTINGS, { flags: { "http-port": "3" }, env, file });
    expect(loaded.values).toMatchObject({
      httpPort: 3,
      broker: "external",
      verbose: true,
      symbols: ["BTCUSDT"],
    });
    expect(loaded.describe().map(({ name, source }) => [name, source])).toEqual([
      ["iggyUrl", "default"],
      ["httpPort", "--http-port"],
      ["verbose", `verbose in ${file}`],
      ["broker", "IMS_BROKER"],
      ["symbols", `symbols in ${file}`],
      ["accessToken", "default"],
    ]);
    expect(loadSettings(SETTINGS, { env, file }).values.httpPort).toBe(2);
    expect(loadSettings(SETTINGS, { file }).values.httpPort).toBe(1);
  });

  it("takes flags by their camel-case key, and counts undefined flags and empty variables as not given", () => {
    expect(loadSettings(SETTINGS, { flags: { httpPort: 9 } }).values.httpPort).toBe(9);
    const sources = { flags: { httpPort: undefined, other: undefined }, env: { IMS_HTTP_PORT: "" } };
    expect(loadSettings(SETTINGS, sources).values.httpPort).toBe(7070);
  });

  it("names all mistakes together, each with its source and what is expected", () => {
    const file = fileWith('{"htpPort": 1, "verbose": "maybe"}');
    const flags = { "http-port": "70000", "iggy-ulr": "x" };
    expect(mistakesOf(SETTINGS, { flags, env: { IMS_BROKER: "kafka" }, file })).toEqual([
      '--iggy-ulr: there is no such flag (did you mean "iggy-url"?)',
      `htpPort in ${file}: there is no such setting (did you mean "httpPort"?)`,
      '--http-port: expected a whole number from 0 to 65535, got "70000"',
      `verbose in ${file}: expected true or false, got "maybe"`,
      'IMS_BROKER: expected one of auto, embedded, external, got "kafka"',
    ]);
    expect(() => loadSettings(SETTINGS, { flags })).toThrow(
      /--iggy-ulr.*; --http-port.*\. Correct the listed settings/,
    );
  });

  it("says how to set what is missing", () => {
    const definition = defineSettings({
      dataDir: { schema: textSetting(), env: "IMS_DATA_DIR", flag: "data-dir", description: "Folder" },
    });
    expect(mistakesOf(definition, {})).toEqual([
      'dataDir is missing: expected a text of 1 to 4096 characters; set --data-dir or IMS_DATA_DIR or "dataDir" in the configuration file',
    ]);
  });

  it.each([
    ["{", "not valid JSON"],
    ['{"accessToken": "hidden" x}', "not valid JSON"],
    ["[]", "expected one JSON object"],
    ["null", "expected one JSON object"],
    [`{"a": "${" ".repeat(1 << 20)}"}`, "at most 1048576 are read"],
  ])("reports a file that is no settings object", (content, expected) => {
    const mistakes = mistakesOf(SETTINGS, { file: fileWith(content) });
    expect(mistakes).toEqual([expect.stringContaining(expected)]);
    expect(mistakes[0]).not.toContain("hidden");
  });

  it("reports a file or folder that cannot be read", () => {
    expect(mistakesOf(SETTINGS, { file: join(folder, "absent.json") })[0]).toMatch(/cannot be read \(ENOENT/);
    expect(mistakesOf(SETTINGS, { file: folder })[0]).toMatch(/cannot be read \(EISDIR/);
  });

  it("is not fooled by names that every object has", () => {
    const file = fileWith('{"constructor": 1, "__proto__": {"httpPort": 5}}');
    expect(mistakesOf(SETTINGS, { file, flags: { toString: "x" } })).toHaveLength(3);
  });

  it("shows no secret, in reports or in mistakes", () => {
    const env = { IMS_TOKEN: "t0ken", IGGY_URL: "iggy://admin:pa55@host:1" };
    const text = JSON.stringify(loadSettings(SETTINGS, { env }).describe());
    expect(text).toContain('"iggy://***@host:1"');
    expect(text).not.toMatch(/t0ken|pa55/);
    const definition = defineSettings({
      url: { schema: urlSetting("iggy"), flag: "url", description: "" },
      pin: { schema: integerSetting(), env: "PIN", secret: true, description: "" },
    });
    const mistakes = mistakesOf(definition, {
      flags: { url: "iggy://admin:pa/55@host" },
      env: { PIN: "t0ken" },
    });
    expect(mistakes).toEqual([
      'url: expected a URL such as iggy://host, got "iggy://***@host"'.replace(/^/, "--"),
      "PIN: expected a whole number from -9007199254740991 to 9007199254740991, got a value that is not shown",
    ]);
  });

  it("says that a flag has no value, not that it is true", () => {
    expect(mistakesOf(SETTINGS, { flags: { "http-port": true } })).toEqual([
      "--http-port: expected a whole number from 0 to 65535, got no value",
    ]);
  });

  it("cuts long values in messages", () => {
    const [mistake] = mistakesOf(SETTINGS, { env: { IMS_BROKER: "x".repeat(100_000) } });
    expect(mistake!.length).toBeLessThan(200);
  });
});

describe("defineSettings", () => {
  const schema = textSetting();
  it.each([
    [
      { a: { schema, env: "X", description: "" }, b: { schema, env: "X", description: "" } },
      "a and b share X",
    ],
    [{ a: { schema, flag: "x", description: "" }, b: { schema, flag: "x", description: "" } }, "share --x"],
    [{ a: { schema, flag: "x", secret: true as const, description: "" } }, "is secret and has the flag --x"],
  ])("refuses definitions that contradict themselves", (definition, message) => {
    expect(() => defineSettings(definition)).toThrow(message);
  });
});

describe("setting types", () => {
  const read = (schema: SettingsDefinition[string]["schema"], value: unknown) => schema.safeParse(value).data;

  it("booleans", () => {
    const schema = booleanSetting();
    expect(["true", "1", "YES", " on ", true].map((value) => read(schema, value))).toEqual(
      Array(5).fill(true),
    );
    expect(["false", "0", "No", "off", false].map((value) => read(schema, value))).toEqual(
      Array(5).fill(false),
    );
    for (const value of ["", "2", "y", 1, 0, null, {}]) expect(read(schema, value)).toBeUndefined();
  });

  it("integers and ports", () => {
    expect(["-5", " 7 ", 7, "007"].map((value) => read(integerSetting(), value))).toEqual([-5, 7, 7, 7]);
    for (const value of ["", " ", "1e3", "0x10", "5.0", "1_000", 1.5, "9007199254740993", true, null]) {
      expect(read(integerSetting(), value)).toBeUndefined();
    }
    expect([0, 1, 65535, 65536].map((value) => read(portSetting(), value))).toEqual([
      undefined,
      1,
      65535,
      undefined,
    ]);
    expect(read(portSetting({ anyAllowed: true }), "0")).toBe(0);
  });

  it("URLs", () => {
    const schema = urlSetting("iggy", "ws");
    for (const url of ["iggy://h:1", "iggy://u:p@[::1]:8090", "ws://h/path"])
      expect(read(schema, url)).toBe(url);
    for (const value of ["", "h:1", "http://h", "iggy://", "iggy:h", "iggy://h:99999", 5]) {
      expect(read(schema, value)).toBeUndefined();
    }
  });

  it("choices, texts and lists", () => {
    expect(read(choiceSetting("LOCAL", "CI"), "local")).toBe("LOCAL");
    expect(read(choiceSetting("LOCAL", "CI"), "LOC")).toBeUndefined();
    expect(read(textSetting({ lengthMax: 3 }), "abc")).toBe("abc");
    for (const value of ["", "  ", "abcd", 3])
      expect(read(textSetting({ lengthMax: 3 }), value)).toBeUndefined();
    expect(read(listSetting(), "a, b")).toEqual(["a", "b"]);
    expect(read(listSetting(), ["a"])).toEqual(["a"]);
    for (const value of ["", "a,,b", [], [1], "a,b,c"])
      expect(read(listSetting({ countMax: 2 }), value)).toBeUndefined();
  });
});

describe("parseFlags", () => {
  it("reads every form", () => {
    const args = [
      "--url",
      "iggy://h",
      "--port=5",
      "--verbose",
      "--no-color",
      "--text=a=b",
      "--empty=",
      "--n",
      "-1",
    ];
    expect({ ...parseFlags(args) }).toEqual({
      url: "iggy://h",
      port: "5",
      verbose: true,
      color: false,
      text: "a=b",
      empty: "",
      n: "-1",
    });
  });

  it("keeps stray words so that they are reported, and cannot set a prototype", () => {
    const flags = parseFlags(["--verbose", "--", "stray", "-v", "--__proto__", "x"]);
    expect(Object.keys(flags)).toEqual(["verbose", "", "-v", "__proto__"]);
    expect(mistakesOf(SETTINGS, { flags })).toHaveLength(3);
  });
});

describe("findConfigFile", () => {
  it("finds the file of a folder", () => {
    const path = fileWith("{}");
    expect(findConfigFile(folder)).toBe(path);
    expect(findConfigFile(join(folder, "absent"))).toBeUndefined();
  });
});
