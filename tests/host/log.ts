export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "critical"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  level: LogLevel;
  /** Name of the plugin whose context was running. */
  plugin: string;
  contextId: number;
  message: string;
}

/** What the module has logged; `level` is what `proxy_get_log_level` answers. */
export class Log {
  readonly lines: LogLine[] = [];
  level: LogLevel = "info";

  write(level: LogLevel, plugin: string, contextId: number, message: string): void {
    this.lines.push({ level, plugin, contextId, message });
  }
  /** All messages, one a line. */
  get text(): string {
    return this.lines.map((line) => `[${line.level}] ${line.message}`).join("\n");
  }
}
