import { spawn } from "node:child_process";
import { startBroker } from "@ims/iggy-broker";

/** Words of a command, what its output must show, and whether it must fail. */
const COMMANDS = [
  { words: ["ping", "--count", "1"], shows: /Ping/i },
  { words: ["stream", "create", "orders"], shows: /orders/ },
  { words: ["topic", "create", "orders", "placed", "2", "none", "1h"], shows: /placed/ },
  { words: ["topic", "list", "orders"], shows: /placed/ },
  {
    words: ["message", "send", "--partition-id", "1", "orders", "placed", "first", "second"],
    shows: /sent|send/i,
  },
  {
    words: ["message", "poll", "--first", "--message-count", "5", "orders", "placed", "1"],
    shows: /first[\s\S]*second/,
  },
  { words: ["consumer-group", "create", "orders", "placed", "ledger"], shows: /ledger/ },
  { words: ["consumer-group", "list", "orders", "placed"], shows: /ledger/ },
  { words: ["consumer-offset", "set", "1", "orders", "placed", "1", "0"], shows: /offset/i },
  { words: ["consumer-offset", "get", "1", "orders", "placed", "1"], shows: /offset/i },
  { words: ["partition", "create", "orders", "placed", "1"], shows: /partition/i },
  { words: ["user", "create", "reader", "a-secret"], shows: /reader/ },
  { words: ["user", "list"], shows: /reader/ },
  { words: ["user", "delete", "reader"], shows: /deleted/i },
  { words: ["pat", "list"], shows: /token|name/i },
  { words: ["client", "list"], shows: /127\.0\.0\.1/ },
  { words: ["me"], shows: /TCP|127\.0\.0\.1/i },
  { words: ["options", "topic"], shows: /message_expiry/ },
  { words: ["stats"], shows: /stream/i },
  { words: ["topic", "purge", "orders", "placed"], shows: /purged/i },
  { words: ["stream", "get", "absent"], shows: /was not found/ },
  { words: ["stream", "create", "orders"], fails: true, shows: /already exists/ },
  { words: ["topic", "delete", "orders", "placed"], shows: /deleted/i },
  { words: ["stream", "delete", "orders"], shows: /deleted/i },
];

/**
 * Runs commands of the official command line on one broker, one after the other.
 *
 * @param {readonly string[]} command
 * @param {string} dataDir
 */
export async function runCommandLine([program], dataDir) {
  const broker = await startBroker({ port: 0, dataDir, passwordCost: { log2N: 10 } });
  const failed = [];
  try {
    const login = [
      "--tcp-server-address",
      `127.0.0.1:${broker.port}`,
      "--username",
      "iggy",
      "--password",
      "iggy",
    ];
    for (const { words, shows, fails = false } of COMMANDS) {
      const { code, text } = await run(program, [...login, ...words]);
      const isRight = (code !== 0) === fails && shows.test(text);
      if (!isRight) failed.push(`${words.join(" ")}: ended with ${code}: ${text.trim().slice(0, 400)}`);
    }
  } finally {
    await broker.close();
  }
  return { passed: COMMANDS.length - failed.length, failed, skipped: [] };
}

function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
    }
    child.once("error", (error) => resolve({ code: -1, text: error.message }));
    child.once("close", (code) => resolve({ code, text }));
  });
}
