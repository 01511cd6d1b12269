/** Base class of all errors of this package. `code` is stable. */
export class StackError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** No way to get a service on this machine worked. The message names all of them. */
export class ServiceUnavailable extends StackError {
  constructor(message: string, options?: ErrorOptions) {
    super('SERVICE_UNAVAILABLE', message, options);
  }
}

/** A server exited, or did not answer in time, while it was being started. */
export class ServerStartFailed extends StackError {
  constructor(message: string, options?: ErrorOptions) {
    super('SERVER_START_FAILED', message, options);
  }
}

/** Another launcher uses the data directory. */
export class DataDirInUse extends StackError {
  constructor(dataDir: string, holder: number) {
    super(
      'DATA_DIR_IN_USE',
      `The data directory ${dataDir} is in use by process ${holder}. ` +
        'Stop that process first, choose another directory with --data-dir, or use --ephemeral for a throw-away one.',
    );
  }
}

/** The data directory cannot be used in its current state. */
export class DataDirUnusable extends StackError {
  constructor(message: string, options?: ErrorOptions) {
    super('DATA_DIR_UNUSABLE', message, options);
  }
}
