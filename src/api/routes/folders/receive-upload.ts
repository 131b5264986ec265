import multer from 'multer';
import type { StorageEngine } from 'multer';
import { sanitizeFileName } from '../../../domain/files/file-names.js';
import { uploadType } from '../../../domain/files/file-types.js';
import type { ObjectStorage, StoredObject } from '../../../domain/files/object-storage.js';
import { RequestError } from '../../../domain/errors.js';
import { storableText } from '../../../domain/storable-text.js';
import type { RequestContext } from '../../mount-route.js';

/** What is known of a file before its bytes have come. */
export interface AnnouncedFile {
  readonly name: string;
  readonly mediaType: string;
}

export interface UploadTarget {
  readonly storage: Pick<ObjectStorage, 'put'>;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  /** In place of the name that the file has. */
  readonly name: string | null;
  /** Says under which key the bytes go, or that they are not wanted: null. Throws where the file is refused. */
  readonly admit: (file: AnnouncedFile) => Promise<string | null>;
}

/** The bytes of a request's part `file`, from the connection into the object storage; no more of them is in memory than what is under way. Null = not wanted. */
export async function receiveUpload({ request, response, signal }: RequestContext, target: UploadTarget): Promise<StoredObject | null> {
  const whole = AbortSignal.any([signal, AbortSignal.timeout(target.timeoutMs)]);
  let received: { readonly stored: StoredObject | null } | null = null;
  const storage: StorageEngine = {
    _handleFile(_request, file, done) {
      const take = async (): Promise<void> => {
        const key = await target.admit(announced(file, target.name));
        if (key === null) file.stream.resume();
        received = { stored: key === null ? null : await target.storage.put(key, file.stream, whole) };
      };
      take().then(() => done(null, {}), done);
    },
    // Whoever has begun the upload gives it up.
    _removeFile: (_request, _file, done) => done(null),
  };
  const limits = { fileSize: target.maxBytes, files: 1, fields: 20, fieldSize: 64 * 1024 };
  const middleware = multer({ storage, limits, defParamCharset: 'utf8' }).single('file');
  await new Promise<void>((resolve, reject) => {
    middleware(request, response, (error: unknown) => (error == null ? resolve() : reject(refusalOf(error, target.maxBytes))));
  });
  const result = received as { readonly stored: StoredObject | null } | null;
  if (result === null) throw new RequestError('unprocessable', JSON.stringify([{ loc: ['body', 'file'], msg: 'Field required' }]));
  return result.stored;
}

function announced({ originalname, mimetype }: Express.Multer.File, name: string | null): AnnouncedFile {
  const { mediaType, isSupported } = uploadType(mimetype, originalname);
  if (!isSupported) {
    throw new RequestError(
      'unsupported-media',
      `Unsupported file type: ${mediaType === '' ? 'unknown' : mediaType} (filename: ${originalname}). Supported types: PDF, text files (.txt, .md), JSON, and code files (.py, .js, .java, etc.).`,
    );
  }
  return { name: name ?? sanitizeFileName(storableText(originalname)), mediaType };
}

/** What the parser of forms says of one that it cannot read; it has no type of its own for that. */
const ofForm =
  /^(Multipart: Boundary not found|Unexpected end of form|Malformed (part header|content type)|Unsupported content type|Missing Content-Type)/;

function refusalOf(error: unknown, maxBytes: number): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (ofForm.test(error.message)) return new RequestError('unprocessable', `The upload cannot be read: ${error.message}`);
  if (!(error instanceof multer.MulterError)) return error;
  if (error.code === 'LIMIT_FILE_SIZE')
    return new RequestError('too-large', `The file is larger than ${maxBytes} bytes, the most that this server takes`);
  return new RequestError('unprocessable', `The upload cannot be read: ${error.message}`);
}
