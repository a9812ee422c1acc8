/** One HTTP answer. */
export interface RestAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal in the venue's form; thrown while a request is read, turned into an answer in one place. */
export class RestRefusal extends Error {
  constructor(
    readonly code: number,
    readonly venueMessage: string,
    readonly status = 400,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(venueMessage);
  }

  answer(): RestAnswer {
    return { status: this.status, body: errorBody(this.code, this.venueMessage), headers: this.headers };
  }
}

export function errorBody(code: number, msg: string): string {
  return JSON.stringify({ code, msg });
}
