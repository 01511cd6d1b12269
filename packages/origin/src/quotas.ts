/** Uploaded bytes and number of files that exist. */
export interface Usage {
  bytes: number;
  files: number;
}

/** Maximum usage; null means no limit. */
export type UsageLimit = { readonly [Of in keyof Usage]: number | null };

export interface Quotas {
  /** Of all files. */
  readonly total: UsageLimit;
  /** Of the files of one uploader. */
  readonly perUploader: UsageLimit;
}

export const NO_QUOTAS: Quotas = { total: { bytes: null, files: null }, perUploader: { bytes: null, files: null } };

/** The quota that an upload would exceed, with its numbers. */
export interface QuotaProblem {
  scope: 'total' | 'token';
  limit: UsageLimit;
  used: Usage;
  /** Bytes of the upload: announced ones before it is stored, then its own. */
  uploadBytes: number;
}
