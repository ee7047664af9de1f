// Unpacks @sparticuz/chromium, and the libraries for machines without a desktop, into the temporary folder.

import chromium, { inflate } from "@sparticuz/chromium";
import { fileURLToPath } from "node:url";

await chromium.executablePath();
await inflate(fileURLToPath(new URL("../bin/al2023.tar.br", import.meta.resolve("@sparticuz/chromium"))));
