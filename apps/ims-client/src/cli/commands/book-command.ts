import type { Command } from "commander";
import type { ImsClient } from "../../client/ims-client.js";
import { Book } from "../../records/book.js";
import type { BookMessage } from "../../records/book-message.js";
import type { CliEnvironment } from "../cli-environment.js";
import { type CliFlags, type CliSettings, outputFormat, readCliSettings } from "../cli-settings.js";
import { examplesText, withConnection } from "../command-options.js";
import { BOOK_CSV_HEADER, type BookHead, bookAsCsv, bookAsJson, Ladder } from "../output/book-printer.js";
import { sidePaint } from "../output/message-columns.js";
import { Screen } from "../output/screen.js";
import { reportEvents, withClient } from "./client-run.js";
import { takesColours } from "./feed-command.js";
import { following } from "./following.js";

/** A terminal is drawn again at most so often. */
const REDRAW_MILLIS = 100;

/** Adds `ims book`. */
export function addBookCommand(program: Command, environment: CliEnvironment): void {
  withConnection(program.command("book"))
    .description(
      "show the book of a symbol: a live ladder on a terminal, else its best levels at every change",
    )
    .argument("<symbol>", "as the exchange writes it")
    .option("--depth <number>", "levels of each side (default: 10)")
    .option("--count <number>", "end after this many changes")
    .option("--seconds <number>", "end after this many seconds")
    .addHelpText(
      "after",
      examplesText([
        ["ims book BTCUSDT", "a ladder until Ctrl-C"],
        ["ims book BTCUSDT --depth 5 --count 100 --format csv", "a line for each level"],
        ["ims book BTCUSDT --depth 1 | jq .bids[0].price", ""],
      ]),
    )
    .action((symbol: string, flags: CliFlags) =>
      showBook(environment, readCliSettings(flags, environment.env), symbol),
    );
}

/** `ims book SYMBOL`. */
async function showBook(environment: CliEnvironment, settings: CliSettings, symbol: string): Promise<void> {
  await withClient(environment, settings, async (client) => {
    reportEvents(client, environment);
    const book = new Book(symbol);
    const view = viewOf(environment, settings, book, client.exchangeName);
    await following(environment, settings, `book of ${symbol}`, async (signal, heard) => {
      // Losses and states are heard beside the changes: a ladder that stands still must say why.
      const notices = followNotices(client, book, signal, () => view.changed());
      try {
        await client.startBook(symbol);
        await view.begin();
        let count = 0;
        for await (const message of client.book({ signal })) {
          heard();
          book.apply(message);
          if (!(await view.applied(message))) return;
          if (++count === settings.count) return;
        }
      } finally {
        await notices.end();
        await view.end();
      }
    });
  });
}

/** Applies what the service says about the book's feed. */
function followNotices(client: ImsClient, book: Book, signal: AbortSignal, onChange: () => void) {
  const gaps = client.gaps({ signal });
  const states = client.feedStatus({ signal });
  const follow = async (notices: typeof gaps | typeof states) => {
    for await (const notice of notices) {
      book.apply(notice);
      onChange();
    }
  };
  const done = Promise.all([follow(gaps), follow(states)]);
  return {
    async end(): Promise<void> {
      await gaps.return?.();
      await states.return?.();
      await done;
    },
  };
}

/** How a book is shown. */
interface BookView {
  begin(): Promise<boolean>;
  /** Rejects never; false when nobody reads any more. */
  applied(message: BookMessage): Promise<boolean>;
  changed(): void;
  end(): Promise<unknown>;
}

function viewOf(environment: CliEnvironment, settings: CliSettings, book: Book, exchange: string): BookView {
  const { output } = environment;
  const { depth } = settings;
  const format = outputFormat(environment, settings);
  if (format === "table") return new LadderView(environment, book, exchange, depth);
  const print = format === "csv" ? bookAsCsv : bookAsJson;
  return {
    begin: async () => format !== "csv" || output.write(BOOK_CSV_HEADER),
    applied: (message) => output.write(print(book, headOf(message, exchange), depth)),
    changed: () => undefined,
    end: async () => undefined,
  };
}

/** Draws the ladder at most every {@link REDRAW_MILLIS}, and once more at the end. */
class LadderView implements BookView {
  readonly #screen: Screen;
  readonly #ladder: Ladder;
  #head: BookHead;
  #timer: { cancel(): void } | undefined;
  #isOpen = true;

  constructor(
    private readonly environment: CliEnvironment,
    private readonly book: Book,
    exchange: string,
    depth: number,
  ) {
    this.#screen = new Screen(environment.output);
    this.#ladder = new Ladder(depth, sidePaint(takesColours(environment)));
    this.#head = { exchange, micros: null };
  }

  begin(): Promise<boolean> {
    return this.#draw();
  }

  async applied(message: BookMessage): Promise<boolean> {
    this.#head = headOf(message, this.#head.exchange);
    this.changed();
    return this.#isOpen;
  }

  changed(): void {
    this.#timer ??= this.environment.clock.setTimer(REDRAW_MILLIS, () => {
      this.#timer = undefined;
      void this.#draw();
    });
  }

  async end(): Promise<void> {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    await this.#draw();
  }

  async #draw(): Promise<boolean> {
    this.#isOpen = await this.#screen.show(this.#ladder.lines(this.book, this.#head));
    return this.#isOpen;
  }
}

function headOf({ eventMicros, receiveMicros }: BookMessage, exchange: string): BookHead {
  return { exchange, micros: eventMicros ?? receiveMicros };
}
