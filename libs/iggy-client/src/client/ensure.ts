import { isImsError } from "@ims/common";
import { refusalCode } from "../errors.js";

/**
 * Looks, creates if nothing is there, and looks again when another client was faster or the outcome is unknown: the
 * lookup takes the place of a second creation.
 * @param takenCode what the server answers when the name is taken
 */
export async function ensure<Found>(
  look: () => Promise<Found | null>,
  create: () => Promise<Found>,
  takenCode: number,
): Promise<Found> {
  const present = await look();
  if (present) return present;
  try {
    return await create();
  } catch (error) {
    if (refusalCode(error) !== takenCode && !isImsError(error, "iggy-client.outcome-unknown")) throw error;
    const created = await look();
    if (created) return created;
    throw error;
  }
}
