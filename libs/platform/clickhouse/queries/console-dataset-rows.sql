-- Rows of a data set without their text. An empty split, language or category means any; value: YES, NO, or UNKNOWN.
SELECT row_key, language, split, labels, origin, is_gold, source, group_size, erased, labelled_at
FROM dataset_rows
WHERE dataset_id = {dataset_id:String}
    AND (toString(split) = {split:String} OR {split:String} = '')
    AND (language = {language:String} OR {language:String} = '')
    AND ({category:String} = '' OR if({value:String} = 'UNKNOWN', NOT mapContains(labels, {category:String}),
        mapContains(labels, {category:String}) AND toString(labels[{category:String}].value) = {value:String}))
    AND ordinal >= {from:UInt32}
ORDER BY ordinal
LIMIT {limit:UInt32}
