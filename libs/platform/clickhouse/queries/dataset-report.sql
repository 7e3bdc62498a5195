-- Quality report and card of a data set.
SELECT report, card FROM dataset_reports WHERE dataset_id = {dataset_id:String}
