import { describeError, structuredSetting } from "@ims/common";
import { parseConnectionString } from "@ims/iggy-client";

/** A connection string of Iggy: one or several addresses, with TLS or without. Mistakes never show the credentials. */
export function brokerUrlSetting() {
  return structuredSetting("a URL such as iggy://user:password@host:8090", (value, mistake) => {
    if (typeof value !== "string") return undefined;
    const text = value.trim();
    try {
      parseConnectionString(text);
      return text;
    } catch (error) {
      mistake(describeError(error));
      return undefined;
    }
  });
}
