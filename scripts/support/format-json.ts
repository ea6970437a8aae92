/** JSON for people: whatever fits into the width stays on one line. */
export function formatJson(value: unknown, width = 100, indent = ""): string {
  const line = formatLine(value);
  if (indent.length + line.length <= width || typeof value !== "object" || value === null) return line;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const members = Object.entries(value).map(([name, member]) => {
    const label = isList ? "" : `${JSON.stringify(name)}: `;
    return `${inner}${label}${formatJson(member, width - label.length, inner)}`;
  });
  return `${isList ? "[" : "{"}\n${members.join(",\n")}\n${indent}${isList ? "]" : "}"}`;
}

function formatLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(formatLine).join(", ")}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${formatLine(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
