import type { Command } from "commander";
import type { CliEnvironment } from "../cli-environment.js";
import { examplesText } from "../command-options.js";
import { INSTALLED_SIGNING, loadSigning, type Signing } from "./signing-package.js";

interface KeyFlags {
  readonly scheme: string;
}

const FILE_MEANING = "key file";

/** Adds `ims sign-key …`: private keys of signing services. */
export function addSignKeyCommand(
  program: Command,
  environment: CliEnvironment,
  load: () => Promise<Signing> = INSTALLED_SIGNING,
): void {
  const group = program
    .command("sign-key")
    .description("make keys for a signing service, and show their public half")
    .addHelpText(
      "after",
      examplesText([
        ["ims sign-key new signing.key", "a new private key, readable by you alone; prints the public key"],
        ["ims sign-key show signing.key >> trusted.txt", "a line for ims verify --keys"],
      ]),
    );
  const add = (
    name: string,
    description: string,
    work: (signing: Signing, file: string, flags: KeyFlags) => string,
  ) =>
    group
      .command(name)
      .description(description)
      .argument("<file>", FILE_MEANING)
      .option("--scheme <name>", "ecdsa, schnorr or ed25519", "schnorr")
      .action(async (file: string, flags: KeyFlags) => {
        const signing = await loadSigning(load);
        await environment.output.write(work(signing, file, flags));
      });
  add("new", "write a new private key to a file that does not exist yet", makeKey);
  add("show", "print the public key of a private key", showKey);
}

function makeKey(signing: Signing, file: string, flags: KeyFlags): string {
  const key = signing.generateKey(signing.requireScheme(flags.scheme));
  try {
    signing.writeKeyFile(key, file);
    return publicLine(key);
  } finally {
    key.dispose();
  }
}

function showKey(signing: Signing, file: string, flags: KeyFlags): string {
  const key = signing.readKeyFile(signing.requireScheme(flags.scheme), file);
  try {
    return publicLine(key);
  } finally {
    key.dispose();
  }
}

/** As `ims verify --keys` reads it. */
function publicLine({ keyId, publicKey, scheme }: InstanceType<Signing["SigningKey"]>): string {
  return `${scheme}:${Buffer.from(publicKey).toString("hex")} ${keyId}\n`;
}
