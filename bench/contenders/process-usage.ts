import { readFileSync } from 'node:fs';

/** The kernel reports CPU time to user space in hundredths of a second, whatever its own clock rate. */
const TICK_MS = 10;

export interface Usage {
  /** User and system time of all threads since the start. */
  readonly cpuMs: number;
  readonly residentMb: number;
  readonly peakResidentMb: number;
}

/** From /proc: Linux only. */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain anything. The third field follows it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return {
    cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    residentMb: megabytes('VmRSS'),
    peakResidentMb: megabytes('VmHWM'),
  };
}
