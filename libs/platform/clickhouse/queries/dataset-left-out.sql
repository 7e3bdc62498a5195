-- What a data set could not take because its text was gone.
SELECT row_key, toString(reason) AS reason FROM dataset_left_out FINAL WHERE dataset_id = {dataset_id:String} ORDER BY row_key
