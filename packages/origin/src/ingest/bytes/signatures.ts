/** A format that is not a text log, recognised by its first bytes. */
export interface Signature {
  /** What the file is, with its article: `a zip archive`. */
  readonly what: string;
  /** What to do instead of uploading it. */
  readonly todo: string;
  /** The first bytes in hexadecimal; `.` is any half byte. */
  readonly hex: string;
  /** Text can begin with these bytes, so the bytes after them decide. */
  readonly isText: boolean;
}

const TODO: Readonly<Record<string, string>> = {
  unpack: 'unpack it and upload the logs in it, or pack them as .tar.gz',
  recompress: 'unpack it and upload the log itself, or compress it with gzip or zstd',
  text: 'upload the log as text',
  export: 'export it as CSV or as one JSON object per line, and upload that',
  events: 'export the events as JSON (Get-WinEvent -Path FILE | ConvertTo-Json) or as CSV, and upload that',
  journal: 'export the entries with journalctl --file FILE -o json, and upload that',
  capture: 'export the packets as text, for example with tshark -r FILE, and upload that',
  jfr: 'export it with jfr print --json FILE, and upload that',
  plist: 'convert it with plutil -convert json FILE, and upload that',
  utf8: 'save it as UTF-8',
};

/**
 * First bytes (`~`: text can begin with them), what to do, what it is, and the format's own description. Formats with
 * beginnings that are common in text, such as `BM` of bitmaps, are not listed; their control bytes show that they are
 * binary.
 */
const TABLE = `
504b0304 | unpack | a zip archive | https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
504b0506 | unpack | an empty zip archive | https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
504b0708 | unpack | a part of a zip archive | https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
377abcaf271c | unpack | a 7z archive | https://www.7-zip.org/recover.html
526172211a07 | unpack | a rar archive | https://www.rarlab.com/technote.htm
4d53434600000000 | unpack | a cabinet archive | https://learn.microsoft.com/en-us/previous-versions/bb417343(v=msdn.10)
~213c617263683e0a | unpack | an ar archive or Debian package | https://manpages.debian.org/ar.5
edabeedb | unpack | an RPM package | https://rpm-software-management.github.io/rpm/manual/format_lead.html
~425a683.314159265359 | recompress | data compressed with bzip2 | https://sourceware.org/bzip2/manual/manual.html
425a683.177245385090 | recompress | data compressed with bzip2 | https://sourceware.org/bzip2/manual/manual.html
fd377a585a00 | recompress | data compressed with xz | https://tukaani.org/xz/xz-file-format.txt
4c5a495001 | recompress | data compressed with lzip | https://www.nongnu.org/lzip/manual/lzip_manual.html
04224d18 | recompress | data compressed with lz4 | https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
894c5a4f000d0a1a0a | recompress | data compressed with lzop | https://www.lzop.org
1f9d | recompress | data compressed with compress (.Z) | https://github.com/vapier/ncompress
ff060000734e61507059 | recompress | data compressed with snappy | https://github.com/google/snappy/blob/main/framing_format.txt
89504e470d0a1a0a | text | a PNG image | https://www.w3.org/TR/png-3/#5PNG-file-signature
ffd8ff | text | a JPEG image | https://www.w3.org/Graphics/JPEG/itu-t81.pdf
~474946383761 | text | a GIF image | https://www.w3.org/Graphics/GIF/spec-gif89a.txt
~474946383961 | text | a GIF image | https://www.w3.org/Graphics/GIF/spec-gif89a.txt
~52494646........57454250 | text | a WebP image | https://developers.google.com/speed/webp/docs/riff_container
49492a00 | text | a TIFF image | https://www.loc.gov/preservation/digital/formats/fdd/fdd000022.shtml
4d4d002a | text | a TIFF image | https://www.loc.gov/preservation/digital/formats/fdd/fdd000022.shtml
00000100..00 | text | an icon | https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10)
~52494646........57415645 | text | a WAV or AVI file | https://www.loc.gov/preservation/digital/formats/fdd/fdd000025.shtml
~52494646........41564920 | text | a WAV or AVI file | https://www.loc.gov/preservation/digital/formats/fdd/fdd000025.shtml
00......66747970 | text | a video or image in the ISO container (mp4, mov, heic) | https://www.loc.gov/preservation/digital/formats/fdd/fdd000079.shtml
1a45dfa3 | text | a Matroska or WebM video | https://www.rfc-editor.org/rfc/rfc8794
4f67675300 | text | an Ogg file | https://www.rfc-editor.org/rfc/rfc3533
4944330.00 | text | an MP3 file | https://id3.org/id3v2.3.0
664c614300 | text | a FLAC file | https://www.rfc-editor.org/rfc/rfc9639
~255044462d | text | a PDF document | https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf
d0cf11e0a1b11ae1 | text | an old Microsoft Office document or Windows installer | https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-cfb
7f454c46 | text | an ELF program or core dump | https://gabi.xinuos.com/elf/02-eheader.html
4d5a90000300 | text | a Windows program | https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
4d444d5093a7 | text | a Windows memory dump | https://learn.microsoft.com/en-us/windows/win32/api/minidumpapiset/ns-minidumpapiset-minidump_header
cffaedfe | text | a Mach-O program | https://github.com/apple-oss-distributions/xnu/blob/main/EXTERNAL_HEADERS/mach-o/loader.h
cafebabe | text | a Java class | https://docs.oracle.com/javase/specs/jvms/se21/html/jvms-4.html
4a4156412050524f46494c4520312e302e..00 | text | a Java heap dump | https://hg.openjdk.org/jdk/jdk/file/tip/src/hotspot/share/services/heapDumper.cpp
464c520000 | jfr | a Java flight recording | https://openjdk.org/jeps/328
0061736d01000000 | text | a WebAssembly module | https://webassembly.github.io/spec/core/binary/modules.html
..0d0d0a0.000000 | text | Python bytecode | https://peps.python.org/pep-0552/
53514c69746520666f726d6174203300 | export | an SQLite database | https://www.sqlite.org/fileformat.html
~50415231 | export | a Parquet file | https://parquet.apache.org/docs/file-format/
4f626a01 | export | an Avro file | https://avro.apache.org/docs/1.12.0/specification/
4152524f57310000 | export | an Arrow or Feather file | https://arrow.apache.org/docs/format/Columnar.html
894844460d0a1a0a | export | an HDF5 file | https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
456c6646696c6500 | events | a Windows event log (.evtx) | https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-even6
300000004c664c65 | events | an old Windows event log (.evt) | https://learn.microsoft.com/en-us/windows/win32/eventlog/event-log-file-format
~4c504b5348485248 | journal | a journal of systemd | https://systemd.io/JOURNAL_FILE_FORMAT/
d4c3b2a1 | capture | a packet capture | https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html
a1b2c3d4 | capture | a packet capture | https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-05.html
0a0d0d0a........4d3c2b1a | capture | a packet capture | https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html
~62706c6973743030 | plist | a property list of macOS | https://github.com/apple-oss-distributions/CF/blob/main/CFBinaryPList.c
00051607 | text | file attributes of macOS (AppleDouble) | https://www.rfc-editor.org/rfc/rfc1740
fffe0000.. | utf8 | UTF-32 text | https://www.unicode.org/faq/utf_bom.html
0000feff | utf8 | UTF-32 text | https://www.unicode.org/faq/utf_bom.html
`;

export const SIGNATURES: readonly Signature[] = TABLE.trim()
  .split('\n')
  .map((row) => {
    const [bytes = '', todo = '', what = ''] = row.split(' | ');
    return { what, todo: TODO[todo] ?? '', hex: bytes.replace('~', ''), isText: bytes.startsWith('~') };
  });
