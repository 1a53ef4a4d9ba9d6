/** How one API server is reached: where it is, and where its credentials come from. */
export interface ClusterAccess {
  /** For messages: `context shared-eu of /home/me/.kube/config`. */
  readonly description: string;
  /**
   * Reads the source again: a rotated token or certificate is seen.
   *
   * @throws InvalidInput when the source is gone or wrong.
   */
  open(): Promise<OpenAccess>;
}

/** A source that was read. */
export interface OpenAccess {
  /** `https://10.0.0.1:6443`, with an optional path, without a slash at the end. */
  readonly server: string;
  /** An HTTP(S) proxy; `null`: none. */
  readonly proxyUrl: string | null;
  /** Headers and certificates as of now. May run a credential plug-in of the user's own kubeconfig. */
  material(): Promise<Material>;
}

/** What a request needs to be let in. Never logged. */
export interface Material {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** PEM texts; absent fields mean the platform's default. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}
