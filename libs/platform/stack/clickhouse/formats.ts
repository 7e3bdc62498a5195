/**
 * The formats that the embedded engine may read and write. Left out are those that take files or addresses from settings (Template,
 * Protobuf, CapnProto, AvroConfluent, Regexp, ...): this engine does not confine them to a folder.
 */
const FORMATS: ReadonlySet<string> = new Set(
  [
    'TabSeparated TabSeparatedRaw TabSeparatedWithNames TabSeparatedWithNamesAndTypes TabSeparatedRawWithNames TabSeparatedRawWithNamesAndTypes',
    'TSV TSVRaw TSVWithNames TSVWithNamesAndTypes TSVRawWithNames TSVRawWithNamesAndTypes TSKV',
    'CSV CSVWithNames CSVWithNamesAndTypes CustomSeparated',
    'JSON JSONStrings JSONCompact JSONCompactStrings JSONColumns JSONCompactColumns JSONColumnsWithMetadata JSONObjectEachRow',
    'JSONEachRow JSONLines NDJSON JSONStringsEachRow JSONCompactEachRow JSONCompactEachRowWithNames JSONCompactEachRowWithNamesAndTypes',
    'JSONCompactStringsEachRow JSONCompactStringsEachRowWithNames JSONCompactStringsEachRowWithNamesAndTypes',
    'JSONEachRowWithProgress JSONStringsEachRowWithProgress JSONCompactEachRowWithProgress JSONAsString JSONAsObject BSONEachRow',
    'RowBinary RowBinaryWithNames RowBinaryWithNamesAndTypes RowBinaryWithDefaults Native Parquet Arrow ArrowStream ORC Avro MsgPack Npy',
    'Pretty PrettyCompact PrettySpace PrettyNoEscapes PrettyCompactNoEscapes PrettySpaceNoEscapes PrettyMonoBlock PrettyCompactMonoBlock',
    'PrettyJSONEachRow PrettyNDJSON Vertical Values XML Markdown LineAsString RawBLOB Raw SQLInsert Null One Hash',
  ]
    .join(' ')
    .toLowerCase()
    .split(' '),
);

/** Row after row without header or footer: pieces of a result can be written one after the other. */
const ROW_BY_ROW: ReadonlySet<string> = new Set(
  'tabseparated tabseparatedraw tsv tsvraw tskv csv jsoneachrow jsonlines ndjson jsonstringseachrow jsoncompacteachrow jsoncompactstringseachrow rowbinary'.split(
    ' ',
  ),
);

export const isAllowedFormat = (format: string): boolean => FORMATS.has(format.toLowerCase());

export const isRowByRow = (format: string): boolean => ROW_BY_ROW.has(format.toLowerCase());

/** Values holds expressions, so it is SQL and is checked as SQL. */
export const isExpressionFormat = (format: string): boolean => format.toLowerCase() === 'values';

export const contentType = (format: string): string => {
  const name = format.toLowerCase();
  if (/^json(eachrow|lines|stringseachrow|compacteachrow|compactstringseachrow)|^ndjson/.test(name))
    return 'application/x-ndjson; charset=UTF-8';
  if (name.startsWith('json')) return 'application/json; charset=UTF-8';
  if (name.startsWith('csv')) return 'text/csv; charset=UTF-8';
  if (/^(tsv|tabseparated)/.test(name)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^(rowbinary|native|parquet|arrow|orc|avro|msgpack|npy|bson|rawblob)/.test(name))
    return 'application/octet-stream';
  return 'text/plain; charset=UTF-8';
};
