import { loadCodecs } from "./build.mjs";
import { tradeBarCase } from "./java-trade-bar.mjs";
import { measure } from "./measure.mjs";

/** `java-worker.mjs FOLDER DIRECTION`: one measurement of the trade of version 1 as JSON. */
const [folder, direction] = process.argv.slice(2);
const { sbe } = await loadCodecs(folder);
const { generated } = tradeBarCase(sbe);
for (let index = 0; index < 256; index++) generated.encode(index);
process.stdout.write(JSON.stringify(measure(generated[direction])));
