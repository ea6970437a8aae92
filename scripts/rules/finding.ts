/** A place where a house rule is broken. */
export interface Finding {
  /** Path relative to the project, with forward slashes. */
  file: string;
  /** Line, from 1; 0 for the whole file or the project. */
  line: number;
  rule: string;
  message: string;
}

/** A file under the rules. */
export interface SourceFile {
  /** Path relative to the project, with forward slashes. */
  path: string;
  text: string;
}
