import { deflateRawSync, deflateSync, crc32 } from 'node:zlib';

export interface PdfOptions {
  /** What each page says, a line for each line. */
  readonly pages: readonly string[];
  /** Bytes of a picture that each page shows. */
  readonly pictureBytes?: number;
  readonly isEncrypted?: boolean;
}

/** The bytes of a PDF, piece by piece: it may be larger than what memory should hold. */
export function* makePdf({ pages, pictureBytes = 0, isEncrypted = false }: PdfOptions): Generator<Buffer> {
  const offsets: number[] = [];
  let length = 0;
  const put = (piece: Buffer | string): Buffer => {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
    length += bytes.length;
    return bytes;
  };
  const object = (id: number): string => {
    offsets[id] = length;
    return `${id} 0 obj\n`;
  };
  const firstPage = 4;
  yield put('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n');
  yield put(`${object(1)}<</Type/Catalog/Pages 2 0 R>>\nendobj\n`);
  const kids = pages.map((_, index) => `${firstPage + 3 * index} 0 R`).join(' ');
  yield put(`${object(2)}<</Type/Pages/Kids[${kids}]/Count ${pages.length}>>\nendobj\n`);
  yield put(`${object(3)}<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n`);
  const picture = pictureBytes === 0 ? null : Buffer.alloc(pictureBytes, 0x5a);
  for (const [index, page] of pages.entries()) {
    const id = firstPage + 3 * index;
    const pictures = picture === null ? '' : `/XObject<</P ${id + 2} 0 R>>`;
    yield put(
      `${object(id)}<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>${pictures}>>/Contents ${id + 1} 0 R>>\nendobj\n`,
    );
    const lines = page.split('\n').map(line => `(${line.replaceAll(/[\\()]/g, '\\$&')}) Tj 0 -14 Td`);
    const content = deflateSync(
      Buffer.from(`BT /F 12 Tf 40 750 Td ${lines.join(' ')} ET${picture === null ? '' : ' q 100 0 0 100 0 0 cm /P Do Q'}`, 'latin1'),
    );
    yield put(`${object(id + 1)}<</Length ${content.length}/Filter/FlateDecode>>\nstream\n`);
    yield put(content);
    yield put('\nendstream\nendobj\n');
    const width = Math.max(1, Math.floor(pictureBytes / 1000));
    yield put(
      `${object(id + 2)}<</Type/XObject/Subtype/Image/Width ${width}/Height 1000/ColorSpace/DeviceGray/BitsPerComponent 8/Length ${pictureBytes}>>\nstream\n`,
    );
    if (picture !== null) yield put(picture);
    yield put('\nendstream\nendobj\n');
  }
  const start = length;
  const rows = Array.from({ length: offsets.length - 1 }, (_, index) => `${String(offsets[index + 1]).padStart(10, '0')} 00000 n \n`);
  yield put(`xref\n0 ${offsets.length}\n0000000000 65535 f \n${rows.join('')}`);
  const encryption = isEncrypted
    ? `/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<${'41'.repeat(32)}>/U<${'42'.repeat(32)}>>>/ID[<00><00>]`
    : '';
  yield put(`trailer\n<</Size ${offsets.length}/Root 1 0 R${encryption}>>\nstartxref\n${start}\n%%EOF\n`);
}

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  /** What the archive says of the unpacked size, if not the truth. */
  readonly claimedSize?: number;
}

export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claimedSize = content.length } of entries) {
    const packed = deflateRawSync(content, { level: 9 });
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(claimedSize, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, tail, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

const namespace = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const types =
  '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>';
const relations =
  '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>';
const styles = `<?xml version="1.0"?><w:styles ${namespace}><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>`;

/** A Word document: lines that begin with `# ` are headings. `claimedSize`: see ZipEntry. */
export function makeDocx(lines: readonly string[], claimedSize?: number): Buffer {
  const paragraphs = lines.map(line => {
    const style = line.startsWith('# ') ? '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' : '';
    return `<w:p>${style}<w:r><w:t xml:space="preserve">${line.replace(/^# /, '')}</w:t></w:r></w:p>`;
  });
  const content = Buffer.from(`<?xml version="1.0"?><w:document ${namespace}><w:body>${paragraphs.join('')}</w:body></w:document>`);
  return makeZip([
    { name: '[Content_Types].xml', content: Buffer.from(types) },
    { name: '_rels/.rels', content: Buffer.from(relations) },
    { name: 'word/styles.xml', content: Buffer.from(styles) },
    { name: 'word/document.xml', content, ...(claimedSize === undefined ? {} : { claimedSize }) },
  ]);
}
