import type { Finding, SourceFile } from "./finding";

/** Folders that exist on somebody's machine only. Written in parts, so that this file passes its own rule. */
const MACHINE_PATH = new RegExp(
  `(?<![\\w.~}/-])/(?:${["work/", "root/", "home/[a-z]", "Users/[A-Za-z]", "opt/wheels"].join("|")})`,
);
const REGISTRY_HOST = new RegExp(
  ["registry\\.(?:npmjs|yarnpkg|npmmirror)", "(?:^|[/.@])pypi\\.org", "pythonhosted\\.org"].join("|"),
);

/** Absolute paths of a machine, and hosts of package registries: both belong into nobody's clone. */
export function findLeaks(source: SourceFile): Finding[] {
  const findings: Finding[] = [];
  source.text.split("\n").forEach((text, index) => {
    const report = (rule: string, message: string): void => {
      findings.push({ file: source.path, line: index + 1, rule, message });
    };
    const path = MACHINE_PATH.exec(text);
    if (path !== null) report("machine-path", `absolute path of a machine: ${path[0]}`);
    const host = REGISTRY_HOST.exec(text);
    if (host !== null) report("registry-host", `host of a package registry: ${host[0]}`);
  });
  return findings;
}
