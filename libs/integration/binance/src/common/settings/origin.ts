import { venueError } from "@ims/integration-kit";

/** Without trailing slashes, so that paths can be appended. Throws `venue.bad-url`. */
export function originOf(url: string, protocols: readonly string[]): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !protocols.includes(parsed.protocol) || parsed.search !== "" || parsed.hash !== "") {
    throw venueError(
      "venue.bad-url",
      `${JSON.stringify(url)} is not an origin with ${protocols.join(" or ")}`,
    );
  }
  return parsed.href.replace(/\/+$/, "");
}
