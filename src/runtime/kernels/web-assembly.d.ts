/** What we use of WebAssembly: TypeScript declares it for browsers only, Node.js's types leave it out. */
declare namespace WebAssembly {
  function validate(bytes: Uint8Array): boolean;
  class Memory {
    readonly buffer: ArrayBuffer | SharedArrayBuffer;
    constructor(size: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean });
  }
  class Module {
    constructor(bytes: Uint8Array);
    static exports(module: Module): readonly { readonly name: string; readonly kind: string }[];
  }
  class Instance {
    readonly exports: Readonly<Record<string, unknown>>;
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
  }
}
