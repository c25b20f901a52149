/** Why a file could not be read or written, in words; null when the error is none of the system's. */
export function systemReason(error: unknown): string | null {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? null : (reasons[code] ?? null);
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file of that name is in the way',
  EISDIR: 'it is a folder',
  ENOENT: 'no such file or folder',
  ENAMETOOLONG: 'the name is too long',
  EIO: 'the device reports an error',
  EMFILE: 'too many files are open (`ulimit -n`)',
  ENFILE: 'too many files are open',
  ELOOP: 'too many symbolic links',
  ENOSPC: 'no space is left',
  EDQUOT: 'the space that this user may take is used up',
  EFBIG: 'a file became larger than this user may write (`ulimit -f`)',
  ENOMEM: 'no memory is left',
  ENXIO: 'the device is not there',
  EAGAIN: 'no more processes or threads can be started',
};
