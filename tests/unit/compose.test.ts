import { Ajv } from "ajv";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { projectPath } from "../../scripts/support/project";

/*
 * The parts of the Compose Specification that docker-compose.yml uses, and nothing else: a misspelled or misplaced key fails.
 * Source: https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json
 */
const NAME = "^[a-zA-Z0-9._-]+$";
const DURATION = { type: "string", pattern: "^([0-9]+(us|ms|s|m|h))+$" };
const COMMAND = { oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
const SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["services"],
  properties: {
    name: { type: "string", pattern: "^[a-z0-9][a-z0-9_-]*$" },
    services: {
      type: "object",
      additionalProperties: false,
      patternProperties: {
        [NAME]: {
          type: "object",
          additionalProperties: false,
          required: ["image"],
          properties: {
            image: { type: "string", pattern: "^[a-z0-9./-]+:[A-Za-z0-9._-]+$" },
            working_dir: { type: "string", pattern: "^/" },
            command: COMMAND,
            init: { type: "boolean" },
            volumes: {
              type: "array",
              uniqueItems: true,
              items: { type: "string", pattern: "^[^:]+:/[^:]*(:ro|:rw)?$" },
            },
            ports: {
              type: "array",
              uniqueItems: true,
              items: { type: "string", pattern: "^([0-9.]+:)?[0-9]+(-[0-9]+)?:[0-9]+(-[0-9]+)?(/(tcp|udp))?$" },
            },
            environment: {
              type: "object",
              additionalProperties: false,
              patternProperties: { ".+": { type: ["string", "number", "boolean", "null"] } },
            },
            depends_on: {
              type: "object",
              additionalProperties: false,
              patternProperties: {
                [NAME]: {
                  type: "object",
                  additionalProperties: false,
                  required: ["condition"],
                  properties: {
                    condition: { enum: ["service_started", "service_healthy", "service_completed_successfully"] },
                  },
                },
              },
            },
            healthcheck: {
              type: "object",
              additionalProperties: false,
              required: ["test"],
              properties: { test: COMMAND, interval: DURATION, timeout: DURATION, retries: { type: "integer" } },
            },
          },
        },
      },
    },
    volumes: {
      type: "object",
      additionalProperties: false,
      patternProperties: { [NAME]: { type: ["object", "null"] } },
    },
  },
};

const compose = parse(readFileSync(projectPath("docker-compose.yml"), "utf8"));
const { module, mocks, gateway } = compose.services;

describe("docker-compose.yml", () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(SCHEMA);

  it("is what the Compose Specification allows", () => {
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...compose, services: { gateway: { ...gateway, port: [] } } })).toBe(false);
    expect(validate({ ...compose, services: { gateway: { ...gateway, ports: ["8080"] } } })).toBe(false);
  });

  it("names services and volumes that exist", () => {
    for (const service of Object.values<typeof gateway>(compose.services)) {
      for (const name of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(name);
      for (const volume of service.volumes as string[]) {
        const source = volume.split(":")[0] ?? "";
        if (!source.startsWith(".")) expect(compose.volumes).toHaveProperty(source);
      }
    }
  });

  it("waits for a health check only where there is one", () => {
    expect(gateway.depends_on.mocks.condition).toBe("service_healthy");
    expect(mocks).toHaveProperty("healthcheck");
    expect(mocks.depends_on.module.condition).toBe("service_completed_successfully");
    expect(module).not.toHaveProperty("healthcheck");
  });

  it("publishes on loopback only", () => {
    const ports = [module, mocks, gateway].flatMap((service) => (service.ports ?? []) as string[]);
    expect(ports.length).toBe(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it("runs the official Envoy image of the tested version with the committed configuration", () => {
    expect(gateway.image).toBe("envoyproxy/envoy:v1.40-latest");
    const file = gateway.command[gateway.command.indexOf("-c") + 1];
    expect(existsSync(projectPath(file))).toBe(true);
    expect(file).toBe("envoy/envoy.docker.yaml");
  });

  it("has a port, a host name and a key for all that the configuration needs", () => {
    const text = readFileSync(projectPath("envoy/envoy.docker.yaml"), "utf8");
    const { static_resources } = parse(text);
    const [listener] = static_resources.listeners;
    expect(gateway.ports).toEqual(["127.0.0.1:8080:8080", "127.0.0.1:9901:9901"]);
    expect(listener.address.socket_address.port_value).toBe(8080);
    const upstream = static_resources.clusters.map(
      (cluster: { load_assignment: { endpoints: { lb_endpoints: { endpoint: { address: unknown } }[] }[] } }) =>
        cluster.load_assignment.endpoints[0]?.lb_endpoints[0]?.endpoint.address,
    );
    expect(upstream).toEqual(
      [9103, 9102, 9101, 9104].map((port_value) => ({ socket_address: { address: "mocks", port_value } })),
    );
    const manager = listener.filter_chains[0].filters[0].typed_config;
    const { environment_variables } = manager.http_filters[0].typed_config.config.vm_config;
    expect(Object.keys(gateway.environment).sort()).toEqual(environment_variables.host_env_keys);
  });
});
