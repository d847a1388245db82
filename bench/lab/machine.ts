import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { freshDatabase, type Lab } from './lab.ts';

/** The machine that the numbers were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly rabbitmq: string;
  readonly postgresql: string;
  /** Load average of the minute before. More than a little means that something else was running. */
  readonly loadBefore: number;
}

export async function describeMachine(lab: Lab): Promise<Machine> {
  await using database = await freshDatabase(lab);
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    node: process.version,
    rabbitmq: lab.broker.version,
    postgresql: await database.version(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGb, system, node, rabbitmq, postgresql, loadBefore } = machine;
  return `${cores} × ${cpu}, ${memoryGb} GB, ${system}; Node ${node}, RabbitMQ ${rabbitmq}, PostgreSQL ${postgresql}; load before ${loadBefore.toFixed(1)}`;
}
