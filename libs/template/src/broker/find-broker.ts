import { isImsError, maskUrl } from "@ims/common";
import { parseConnectionString } from "@ims/iggy-client";
import { fail } from "../errors.js";
import { addressesOf, anyAnswers, isEmbeddable, isLoopback } from "./broker-address.js";
import { BrokerKeeper, type BrokerKeeperOptions, PROBE_MILLIS } from "./broker-keeper.js";

/**
 * Decides where the broker is, by `IMS_BROKER`:
 * - `external` never starts one and waits until `IGGY_URL` answers;
 * - `embedded` starts one at the first address of `IGGY_URL`, which must be a loopback address and free, as must all;
 * - `auto` connects if something answers at any of the addresses, otherwise starts one at the first if all are loopback
 *   and none asks for TLS. A port that another process took in between means that process has the broker.
 *
 * @throws `service.broker-not-local`, `service.broker-without-certificate`, and whatever the embedded broker reports (folder unwritable, locked …)
 */
export async function findBroker(options: BrokerKeeperOptions): Promise<BrokerKeeper> {
  const { settings, logger } = options;
  const address = parseConnectionString(settings.iggyUrl);
  const url = maskUrl(settings.iggyUrl);
  const isLocal = addressesOf(address).every(({ host }) => isLoopback(host));
  const keeper = new BrokerKeeper(options, address);
  if (settings.brokerMode === "external") {
    logger.info({ url }, "using the broker at IGGY_URL");
    return keeper;
  }
  if (settings.brokerMode === "embedded") {
    if (!isLocal) throw fail("service.broker-not-local", `IMS_BROKER=embedded with ${url}`);
    if (address.tls) throw fail("service.broker-without-certificate", `IMS_BROKER=embedded with ${url}`);
    await keeper.start();
    return keeper;
  }
  if (await anyAnswers(address, PROBE_MILLIS)) {
    logger.info({ url }, "a broker answers at IGGY_URL");
    keeper.expectAnswer();
    return keeper;
  }
  if (!isEmbeddable(address)) {
    const reason = isLocal ? "an embedded one would have no TLS certificate" : "it is on another machine";
    logger.warn({ url, reason }, "no broker answers at IGGY_URL; waiting for it");
    return keeper;
  }
  try {
    await keeper.start();
  } catch (error) {
    if (!isImsError(error, "broker.address-in-use")) throw error;
    logger.info({ url }, "another process started a broker at IGGY_URL meanwhile; using that one");
    keeper.expectAnswer();
  }
  return keeper;
}
