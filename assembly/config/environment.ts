/** Where `${NAME}` in the plugin JSON is looked up. The VM's own environment in production, a table in tests. */
export abstract class Environment {
  /** The value of a variable, or null when there is none. */
  abstract lookup(name: string): string | null;
}
