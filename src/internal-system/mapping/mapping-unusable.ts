import { SyncError } from '../../errors.ts';

/** No order can be written until a person has changed the mapping or the company's tables. */
export class MappingUnusable extends SyncError {
  constructor(finding: string, remedy: string) {
    super('internal_system_unavailable', finding, { remedy });
  }
}
