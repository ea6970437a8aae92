import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";

/** Where systems keep the certificate authorities that they trust. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** A PEM file of trusted authorities: `$SSL_CERT_FILE`, the system's, else those that Node carries, written into `folder`. */
export function findCertificates(folder: string, environment: NodeJS.ProcessEnv, bundles = BUNDLES): string {
  const chosen = environment["SSL_CERT_FILE"];
  const bundle = [...(chosen ? [chosen] : []), ...bundles].find((path) => existsSync(path));
  if (bundle !== undefined) return bundle;
  const path = join(folder, "certificate-authorities.pem");
  writeFileSync(path, rootCertificates.join("\n"));
  return path;
}
