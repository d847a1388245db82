import { collectDefaultMetrics, Registry } from '@prometheus-io/client';

/** How often the event loop's delay is sampled: the default of 10 ms would wake an idle daemon 100 times a second. */
const LOOP_SAMPLE_MS = 100;
/** The library also samples the event loop's utilization, which nothing here needs, and has no switch to turn that off. */
const LEFT_OUT = ['nodejs_eventloop_utilization_summary', 'nodejs_eventloop_utilization_histogram'];
const NEVER_MS = 2 ** 31 - 1;

let processRegistry: Registry | undefined;

/** Memory, CPU, descriptors, event loop: collected once per process, however many `Metrics` are created. */
export function processMetrics(): Registry {
  if (processRegistry === undefined) {
    processRegistry = new Registry();
    collectDefaultMetrics({
      register: processRegistry,
      eventLoopMonitoringPrecision: LOOP_SAMPLE_MS,
      eventLoopUtilizationTimeout: NEVER_MS,
    });
    for (const name of LEFT_OUT) processRegistry.removeSingleMetric(name);
  }
  return processRegistry;
}
